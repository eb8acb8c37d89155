-- A label switching router that has heard no Hello of us (RFC 5036 sections 2.5.3, 3.1, 3.5.1 and 3.5.3).
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = { identifier = "its router id, four numbers with dots" }

local VERSION, LENGTH_LEAST, LENGTH_MOST = 1, 14, 4096                     -- 3.1: without a session, at most 4096
local NOTIFICATION, INITIALIZATION = 0x0001, 0x0200
local KNOWN = { [0x0001] = true, [0x0100] = true, [0x0200] = true, [0x0201] = true, [0x0300] = true, [0x0301] = true,
  [0x0400] = true, [0x0401] = true, [0x0402] = true, [0x0403] = true, [0x0404] = true }
local SESSION, SESSION_LENGTH, STATUS, FATAL = 0x0500, 14, 0x0300, 0x80000000
-- Section 3.9.
local BAD_VERSION, BAD_LENGTH, UNKNOWN_MESSAGE, BAD_MESSAGE_LENGTH, UNKNOWN_TLV, BAD_TLV_LENGTH, SHUTDOWN, NO_HELLO,
  MISSING_PARAMETERS, BAD_KEEP_ALIVE = 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0A, 0x10, 0x16, 0x14
local SIGNALS = { [UNKNOWN_MESSAGE] = true, [UNKNOWN_TLV] = true, [MISSING_PARAMETERS] = true }   -- advisory, not fatal

local function notify(conn, router, code, message, kind)
  local status = pack(">I2 I2 I4 I4 I2", STATUS, 10, SIGNALS[code] and code or FATAL + code, message, kind)
  router.said = router.said + 1
  conn:send(pack(">I2 s2", VERSION, router.identifier .. pack(">I2 s2", NOTIFICATION, pack(">I4", router.said) .. status)))
  return not SIGNALS[code]
end

-- What is wrong with the session's parameters (3.5.3); a Hello that was not heard is what is wrong with all others.
local function fault_of_session(value)
  local version, keep_alive = unpack(">I2 I2", value)
  if version ~= VERSION then return BAD_VERSION end
  return keep_alive == 0 and BAD_KEEP_ALIVE or NO_HELLO
end

-- What is wrong with the parameters of an initialization.
local function fault_of(parameters)
  local position, fault = 1, MISSING_PARAMETERS
  while position <= #parameters do
    if position + 3 > #parameters then return BAD_TLV_LENGTH end
    local kind, length = unpack(">I2 I2", parameters, position)
    local first = position + 4
    position = first + length
    if position > #parameters + 1 then return BAD_TLV_LENGTH end
    if kind == SESSION then
      if length ~= SESSION_LENGTH then return BAD_TLV_LENGTH end
      fault = fault_of_session(parameters:sub(first, position - 1))
    elseif kind < 0x8000 and not (kind >= 0x0501 and kind <= 0x0503) then   -- U bit: to be passed over where it is not known
      return UNKNOWN_TLV
    end
  end
  return fault
end

-- Each message of a PDU (3.4, 3.5); whether the connection is over.
local function take(conn, router, messages)
  local position = 1
  while position <= #messages do
    if #messages - position < 7 then return notify(conn, router, BAD_MESSAGE_LENGTH, 0, 0) end
    local kind, length, id = unpack(">I2 I2 I4", messages, position)
    local finish = position + 4 + length
    if length < 4 or finish > #messages + 1 then return notify(conn, router, BAD_MESSAGE_LENGTH, id, kind) end
    local fault = SHUTDOWN                                                 -- 2.5.4: nothing but an initialization comes first
    if kind == INITIALIZATION then fault = fault_of(messages:sub(position + 8, finish - 1)) end
    if not KNOWN[kind] then fault = kind < 0x8000 and UNKNOWN_MESSAGE end
    if kind == NOTIFICATION then return true end
    if fault and notify(conn, router, fault, id, kind) then return true end
    position = finish
  end
end

local function serve(conn, host)
  local router = { identifier = "", said = 0 }
  for octet in host.options.identifier:gmatch "%d+" do router.identifier = router.identifier .. string.char(octet) end
  router.identifier = router.identifier .. "\0\0"
  repeat
    local version, length = unpack(">I2 I2", conn:receive(4))
    if version ~= VERSION then return notify(conn, router, BAD_VERSION, 0, 0) and nil end
    if length < LENGTH_LEAST or length > LENGTH_MOST then return notify(conn, router, BAD_LENGTH, 0, 0) and nil end
    local over = take(conn, router, conn:receive(length):sub(7))
  until over
end

return { serve = serve, options = OPTIONS }
