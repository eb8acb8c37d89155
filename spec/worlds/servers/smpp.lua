-- A message centre's SMPP port (SMPP 3.4 sections 2.2, 3.2, 4.1, 4.2, 4.3, 4.11 and 5.1.3): binds, links, and its errors.
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = {
  system = "its own system_id", user = "the one it lets in", password = "of that one",
  lenient = "true: answers enquire_link without a bind as well",
}

local HEADER, LENGTH_LEAST, LENGTH_MOST = ">I4 I4 I4 I4", 16, 4096
local RECEIVER, TRANSMITTER, UNBIND, TRANSCEIVER, ENQUIRE_LINK = 0x01, 0x02, 0x06, 0x09, 0x15
local BINDS = { [RECEIVER] = true, [TRANSMITTER] = true, [TRANSCEIVER] = true }
-- The other requests there are: query_sm, submit_sm, replace_sm, cancel_sm, submit_multi, data_sm.
local OTHERS = { [0x03] = true, [0x04] = true, [0x07] = true, [0x08] = true, [0x21] = true, [0x103] = true }
local RESPONSE, GENERIC_NACK = 0x80000000, 0x80000000
-- Section 5.1.3.
local OK, INVALID_LENGTH, INVALID_COMMAND, NOT_BOUND, ALREADY_BOUND, SYSTEM_ERROR, INVALID_PASSWORD, INVALID_SYSTEM =
  0x00, 0x02, 0x03, 0x04, 0x05, 0x08, 0x0E, 0x0F

local function send(conn, command, status, sequence, body)
  body = body or ""
  conn:send(pack(HEADER, 16 + #body, command, status, sequence), body)
end

-- Strings with a zero at their end, of so many octets at most with it (4.1.1): a list; nil where one is longer.
local function read_strings(body, position, ...)
  local found = {}
  for _, most in ipairs { ... } do
    local finish = body:find("\0", position, true)
    if not finish or finish - position + 1 > most then return nil end
    found[#found + 1], position = body:sub(position, finish - 1), finish + 1
  end
  return found, position
end

-- The status of a bind.
local function bind(session, options, body)
  if session.bound then return ALREADY_BOUND end
  local names, position = read_strings(body, 1, 16, 9, 13)
  if not names or position + 2 > #body then return INVALID_LENGTH end
  local range, after = read_strings(body, position + 3, 41)
  if not range or after ~= #body + 1 then return INVALID_LENGTH end
  if names[1] ~= options.user then return INVALID_SYSTEM end
  if names[2] ~= options.password then return INVALID_PASSWORD end
  session.bound = true
  return OK
end

-- Answers a request; whether that was the last.
local function take(conn, session, options, command, sequence, body)
  if BINDS[command] then
    local status = bind(session, options, body)
    send(conn, RESPONSE + command, status, sequence, status == OK and options.system .. "\0" or nil)
  elseif command == ENQUIRE_LINK or command == UNBIND then
    if body ~= "" then return send(conn, GENERIC_NACK, INVALID_LENGTH, sequence) end
    local good = session.bound or command == ENQUIRE_LINK and options.lenient
    send(conn, RESPONSE + command, good and OK or NOT_BOUND, sequence)
    return good and command == UNBIND
  elseif OTHERS[command] then
    send(conn, RESPONSE + command, session.bound and SYSTEM_ERROR or NOT_BOUND, sequence)
  elseif command < RESPONSE then
    send(conn, GENERIC_NACK, INVALID_COMMAND, sequence)
  end
end

local function serve(conn, host)
  local session = { bound = false }
  repeat
    local length, command, _, sequence = unpack(HEADER, conn:receive(16))
    -- 4.3: after a length that cannot be, nobody knows where the next unit begins.
    if length < LENGTH_LEAST or length > LENGTH_MOST then return send(conn, GENERIC_NACK, INVALID_LENGTH, sequence) end
    local over = take(conn, session, host.options, command, sequence, conn:receive(length - 16))
  until over
end

return { serve = serve, options = OPTIONS }
