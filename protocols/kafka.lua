-- Kafka (Apache Kafka protocol guide, "ApiVersions"): asks which requests the broker knows, as a client does first.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local kafka = {
  name = "kafka", ports = { 9092 }, first = "client", timeout = 5,
  fields = {
    error = "error code, 0: none, -1: an unexpected one (number)", api_versions = "key: lowest-highest version (list of strings)",
  },
}

local API_VERSIONS, ANSWER_MAX, APIS_MAX, UNKNOWN_SERVER_ERROR = 18, 16384, 256, -1

function kafka.handshake(conn, record)
  local id = conn:random(4)
  conn:send(wire.pack(">s4", wire.pack(">I2 I2 c4 s2", API_VERSIONS, 0, id, "sonde")))
  local length, echo = unpack(">I4 c4", conn:receive(8))
  expect(length >= 10 and length <= ANSWER_MAX and echo == id, "no answer to ApiVersions")
  local answer = conn:receive(length - 4)
  local code, count, position = unpack(">i2 I4", answer)
  expect(count <= APIS_MAX and code >= UNKNOWN_SERVER_ERROR and code < 256, "no answer to ApiVersions")
  local list = {}
  for index = 1, count do
    local key, low, high
    key, low, high, position = unpack(">I2 I2 I2", answer, position)
    list[index] = ("%d: %d-%d"):format(key, low, high)
  end
  record.error, record.api_versions = code, list[1] and list
end

return kafka
