-- MySQL and MariaDB (client/server protocol, connection phase): the server introduces itself; TLS if offered; no login.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local mysql = {
  name = "mysql", ports = { 3306 }, first = "server", timeout = 5,
  fields = {
    protocol = "protocol version, 9 or 10 (number)", version = "server version, e.g. 8.0.36",
    thread = "connection number on the server (number)", capabilities = "capability flags (number)",
    tls = "whether it offers TLS (boolean)", charset = "default collation (number)",
    status = "server status flags (number)", auth_plugin = "default authentication plugin",
    error_code = "instead of all that (number)", error_message = "instead of all that",
  },
}

local PACKET_MAX = 4096
local CLIENT_PROTOCOL_41, CLIENT_SSL, CLIENT_SECURE_CONNECTION, CLIENT_PLUGIN_AUTH = 0x200, 0x800, 0x8000, 0x80000
local PACKET_WANTED, UTF8 = 2 ^ 24, 33
local ERR_PACKET = 255

-- SSLRequest: a login packet that ends before the user's name; TLS follows at once.
local function start_tls(conn)
  local capabilities = CLIENT_PROTOCOL_41 + CLIENT_SSL + CLIENT_SECURE_CONNECTION
  conn:send(wire.pack("<I3 B I4 I4 B x23", 32, 1, capabilities, PACKET_WANTED, UTF8))
  conn:start_tls()
end

function mysql.handshake(conn, record)
  local length, sequence = unpack("<I3 B", conn:receive(4))
  expect(length >= 1 and length <= PACKET_MAX and sequence == 0, "no MySQL packet")
  local packet = conn:receive(length)
  local kind, position = unpack("B", packet)
  if kind == ERR_PACKET then
    record.error_code, position = unpack("<I2", packet, position)
    record.error_message = packet:sub(position):gsub("^#.....", "")
    return
  end
  expect(kind == 9 or kind == 10, "no MySQL greeting")
  record.protocol = kind
  record.version, record.thread, position = unpack("<z I4", packet, position)
  if kind == 9 then return end
  local low, high, scramble
  low, position = unpack("<x8 x I2", packet, position)  -- first 8 bytes of the scramble, a zero
  record.capabilities = low
  if position > #packet then return end
  record.charset, record.status, high, scramble, position = unpack("<B I2 I2 B x10", packet, position)
  record.capabilities = high * 65536 + low
  record.tls = bit.band(low, CLIENT_SSL) ~= 0
  if bit.band(record.capabilities, CLIENT_PLUGIN_AUTH) ~= 0 then
    position = position + math.max(13, scramble - 8)  -- rest of the scramble
    record.auth_plugin = packet:sub(position):match "^[^%z]+"
  end
  if record.tls then start_tls(conn) end
end

return mysql
