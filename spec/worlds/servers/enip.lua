-- An EtherNet/IP device's encapsulation (ODVA CIP Networks Library, volume 2, chapter 2): lists, sessions and its errors.
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = {
  address = "its own, which need not be the one it is reached at",
  vendor = "number of the vendor", kind = "its device type", code = "its product code", major = "of its revision",
  minor = "of its revision", status = "as bits", serial = "its serial number", product = "its name", state = "as a number",
  lists = "false: knows no list",
}

local HEADER, LENGTH_MAX = "<I2 I2 I4 I4 c8 I4", 65511                    -- 2-3.1; 2-3.3
local NOP, LIST_SERVICES, LIST_IDENTITY, LIST_INTERFACES = 0x0000, 0x0004, 0x0063, 0x0064
local REGISTER, UNREGISTER, SEND_RR_DATA, SEND_UNIT_DATA = 0x0065, 0x0066, 0x006F, 0x0070
local SUCCESS, UNSUPPORTED, INCORRECT_DATA, INVALID_SESSION, INVALID_LENGTH, UNSUPPORTED_VERSION =
  0x00, 0x01, 0x03, 0x64, 0x65, 0x69                                       -- table 2-3.3
local COMMUNICATIONS, IDENTITY, PROTOCOL_VERSION, CIP_OVER_TCP = 0x100, 0x0C, 1, 0x20

-- 2-4.2: the socket address is in network order, all else is not.
local function identity(host)
  local o, address = host.options, ""
  for octet in o.address:gmatch "%d+" do address = address .. string.char(octet) end
  return pack("<I2", PROTOCOL_VERSION) .. pack(">I2 I2 c4 x8", 2, host.port, address)
    .. pack("<I2 I2 I2 B B I2 I4 s1 B", o.vendor, o.kind, o.code, o.major, o.minor, o.status, o.serial, o.product, o.state)
end

local function one_item(kind, item) return pack("<I2 I2 s2", 1, kind, item) end

local lists = {}
lists[LIST_IDENTITY] = function(host) return one_item(IDENTITY, identity(host)) end
lists[LIST_SERVICES] = function()
  return one_item(COMMUNICATIONS, pack("<I2 I2 c16", PROTOCOL_VERSION, CIP_OVER_TCP, "Communications"))
end
lists[LIST_INTERFACES] = function() return "\0\0" end

-- Status and data of a reply; nothing where there is none.
local function reply_to(session, host, command, handle, data)
  if lists[command] and host.options.lists ~= false then
    if data ~= "" then return INVALID_LENGTH, "" end
    return SUCCESS, lists[command](host)
  elseif command == REGISTER then
    if #data ~= 4 then return INVALID_LENGTH, "" end
    local version, flags = unpack("<I2 I2", data)
    if version ~= PROTOCOL_VERSION or flags ~= 0 then return UNSUPPORTED_VERSION, pack("<I2 I2", PROTOCOL_VERSION, 0) end
    if session.handle then return UNSUPPORTED, data end                    -- 2-4.4: one session to a connection
    session.handle = 0x1000
    return SUCCESS, data
  elseif command == SEND_RR_DATA or command == SEND_UNIT_DATA then
    return handle ~= session.handle and INVALID_SESSION or INCORRECT_DATA, ""
  end
  return UNSUPPORTED, ""
end

local function serve(conn, host)
  local session = {}
  while true do
    local command, length, handle, status, context, options = unpack(HEADER, conn:receive(24))
    if length > LENGTH_MAX then return end
    local data = conn:receive(length)
    if command == UNREGISTER then return end
    -- 2-3.5 and 2-3.7: what has a status or an option is discarded; nothing is said of a NOP either.
    if status == 0 and options == 0 and command ~= NOP then
      local result, answer = reply_to(session, host, command, handle, data)
      conn:send(pack(HEADER, command, #answer, session.handle or handle, result, context, 0), answer)
    end
  end
end

return { serve = serve, options = OPTIONS }
