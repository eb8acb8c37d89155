-- RethinkDB (RethinkDB, "Writing RethinkDB drivers", handshake of version 1.0): sends the magic number, reads the versions.
local expect = require "sonde.expect"
local text = require "sonde.text"

local rethinkdb = {
  name = "rethinkdb", ports = { 28015 }, first = "client", timeout = 5,
  fields = {
    version = "server version", protocol_min = "lowest protocol version (number)", protocol_max = "highest (number)",
    error = "what came instead",
  },
}

local V1_0 = "\195\189\194\52"   -- 0x34c2bdc3, little-endian

function rethinkdb.handshake(conn, record)
  conn:send(V1_0)
  expect(conn:peek(1):find "[{E]", "no answer to the magic number")
  local answer = conn:receive_until("%z", 4096)
  record.error = answer:match "^ERROR: ([^%z\n]*)"
  if record.error then return end
  record.version = text.member(answer, "server_version")
  record.protocol_min = tonumber(answer:match '"min_protocol_version"%s*:%s*(%d%d?%d?)')
  record.protocol_max = tonumber(answer:match '"max_protocol_version"%s*:%s*(%d%d?%d?)')
  expect(record.protocol_max, "no protocol versions")
end

return rethinkdb
