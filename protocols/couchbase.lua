-- Couchbase's data service (Couchbase KV binary protocol, HELO): says HELO without name or feature, then asks for the version.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local couchbase = {
  name = "couchbase", ports = { 11210 }, first = "client", timeout = 5,
  fields = {
    status = "of the HELO, 0: no error (number)", version = "server version", version_status = "of the version (number)",
  },
}

local REQUEST, RESPONSE, HELO, VERSION, BODY_MAX = 0x80, 0x81, 0x1F, 0x0B, 1024
-- Magic, opcode, key length, extras length, data type, status (reserved in a request), body length, opaque, CAS.
local HEADER = ">B B I2 B B I2 I4 c4 c8"

-- The status and the value of the response to one command.
local function ask(conn, command)
  local opaque = conn:random(4)
  conn:send(wire.pack(HEADER, REQUEST, command, 0, 0, 0, 0, 0, opaque, ""))
  local magic, opcode, key_length, extras, _, status, length, echo = wire.unpack(HEADER, conn:receive(24))
  expect(magic == RESPONSE and opcode == command and echo == opaque, "no answer")
  expect(length <= BODY_MAX and key_length + extras <= length, "body of a forbidden length")
  return status, conn:receive(length):sub(key_length + extras + 1)
end

function couchbase.handshake(conn, record)
  record.status = ask(conn, HELO)   -- with a name, memcached would never answer
  local status, text = ask(conn, VERSION)
  record.version_status, record.version = status, status == 0 and text or nil
end

return couchbase
