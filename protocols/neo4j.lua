-- Neo4j (Bolt protocol, "Bolt Handshake specification"): offers four versions, reads the one chosen. Says no HELLO.
local expect = require "sonde.expect"

local neo4j = {
  name = "neo4j", ports = { 7687 }, first = "client", timeout = 5,
  fields = {
    agreed = "whether there is a version in common (boolean)", protocol_version = "the version chosen, e.g. 4.4",
  },
}

local MAGIC = "\96\96\176\23"
-- Each: zero, how many versions below it as well, minor, major.
local OFFERS = "\0\8\8\5" .. "\0\4\4\4" .. "\0\0\1\4" .. "\0\0\0\3"

function neo4j.handshake(conn, record)
  conn:send(MAGIC, OFFERS)
  local reserved, range, minor, major = conn:receive(4):byte(1, 4)
  expect(reserved == 0 and range == 0 and minor <= 32 and major <= 9, "no Bolt version")
  record.agreed = major > 0
  record.protocol_version = major > 0 and major .. "." .. minor or nil
end

return neo4j
