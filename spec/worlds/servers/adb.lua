-- Android's adbd (AOSP, packages/modules/adb, protocol.txt): messages of a header and data, up to the CONNECT.
local wire = require "sonde.wire"

local OPTIONS = {
  identity = "what it says of itself, \"device::ro.product.name=...\"", wants = "AUTH or STLS: what it wants before anything",
}

-- protocol.txt, "MESSAGE FORMAT": command, two arguments, length and check of the data, and the command's complement.
local HEADER = "<I4 I4 I4 I4 I4 I4"
local VERSIONS = { [0x01000000] = true, [0x01000001] = true }   -- the later one lets checks be 0 when both sides have it
local VERSION, MAXDATA, MAXDATA_LEAST = 0x01000000, 256 * 1024, 4096
local STLS_VERSION, AUTH_TOKEN, TOKEN_LENGTH = 0x01000000, 1, 20

local function number(name) return (wire.unpack("<I4", name)) end
local CNXN, AUTH, STLS = number "CNXN", number "AUTH", number "STLS"
local COMMANDS = {}
for _, name in ipairs { "SYNC", "CNXN", "AUTH", "OPEN", "OKAY", "CLSE", "WRTE", "STLS" } do COMMANDS[number(name)] = true end

local function sum(data)
  local total = 0
  for i = 1, #data do total = total + data:byte(i) end
  return total
end

local function send(conn, command, first, second, data)
  conn:send(wire.pack(HEADER, command, first, second, #data, sum(data), 0xFFFFFFFF - command), data)
end

-- A header or data that are not right, or a command nobody knows, end the connection (MESSAGE FORMAT): nil there.
local function receive_message(conn)
  local command, first, second, length, check, magic = wire.unpack(HEADER, conn:receive(24))
  if magic ~= 0xFFFFFFFF - command or not COMMANDS[command] or length > MAXDATA then return nil end
  local data = conn:receive(length)
  if sum(data) ~= check then return nil end
  return command, first, second, data
end

-- "<systemtype>:<serialno>:<banner>" of a host (CONNECT).
local function is_host(identity)
  return identity:find "^host:[^:%z]*:[^%z]*%z?$" ~= nil
end

local function serve(conn, host)
  local options = host.options
  while true do
    local command, version, maxdata, data = receive_message(conn)
    if not command then return end
    -- What comes before a CONNECT is passed over; one of an unknown version, or with too little room, ends it (CONNECT).
    if command == CNXN then
      if not VERSIONS[version] or maxdata < MAXDATA_LEAST or not is_host(data) then return end
      if options.wants == "AUTH" then
        send(conn, AUTH, AUTH_TOKEN, 0, conn:random(TOKEN_LENGTH))
      elseif options.wants == "STLS" then
        send(conn, STLS, STLS_VERSION, 0, "")
      else
        send(conn, CNXN, VERSION, MAXDATA, options.identity)
      end
    end
  end
end

return { serve = serve, options = OPTIONS }
