-- memcached's binary protocol (memcached wiki, BinaryProtocolRevamped): asks for the version.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local memcached_binary = {
  name = "memcached_binary", ports = {}, first = "client", timeout = 5,
  fields = { version = "server version", status = "response status, 0: no error (number)", error = "text of an error" },
}

local REQUEST, RESPONSE, VERSION, BODY_MAX = 0x80, 0x81, 0x0B, 1024
-- Magic, opcode, key length, extras length, data type, status (reserved in a request), body length, opaque, CAS.
local HEADER = ">B B I2 B B I2 I4 c4 c8"

function memcached_binary.handshake(conn, record)
  local opaque = conn:random(4)
  conn:send(wire.pack(HEADER, REQUEST, VERSION, 0, 0, 0, 0, 0, opaque, ""))
  local magic, opcode, key, extras, _, status, length, echo = wire.unpack(HEADER, conn:receive(24))
  expect(magic == RESPONSE and opcode == VERSION and echo == opaque, "no answer to version")
  expect(length <= BODY_MAX and key + extras <= length, "body of a forbidden length")
  record.status = status
  record[status == 0 and "version" or "error"] = conn:receive(length):sub(key + extras + 1)
end

return memcached_binary
