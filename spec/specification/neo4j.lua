-- What is true of the servers in spec/worlds/servers/neo4j.lua.
local hex = require "spec.support.hex"

local ways = { http = "closed", tls = "closed", newlines = "closed" }
local MAGIC = hex "60 60 B0 17"
local ONE = MAGIC .. hex "00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00"
local FIVE = MAGIC .. hex "00 00 04 05 00 00 00 00 00 00 00 00 00 00 00 00"
local HELLO = hex "B1 01 A2 8A" .. "user_agent" .. hex "89" .. "Sonde/0.1" .. hex "8A" .. "bolt_agent" .. hex "A1 87" ..
  "product" .. hex "89" .. "Sonde/0.1"
local HELLO_SENT = hex "00 36" .. HELLO .. hex "00 00"
local SUCCESS = hex "00 2C B1 70 A2 86" .. "server" .. hex "8B" .. "Neo4j/5.4.0" .. hex "8D" .. "connection_id" .. hex "87" ..
  "bolt-61" .. hex "00 00"

return {
  specification = "the Bolt Protocol",
  hosts = {
    { fields = { agreed = true, protocol_version = "5.4", server = "Neo4j/5.4.0" }, ways = ways },
    { fields = { agreed = true, protocol_version = "4.4" }, ways = ways },
    { fields = { agreed = false }, ways = ways },
    { fields = { agreed = true, protocol_version = "3.0" }, ways = ways },
  },
  asks = {
    { "one version, and none in the other places", ONE, hex "00 00 00 01", host = 3 },
    { "versions that it does not know", MAGIC .. hex "00 00 00 06 00 00 00 05 00 00 00 00 00 00 00 00",
      hex "00 00 00 00", "closed", host = 3 },
    { "an offer that reaches down (4.3)", MAGIC .. hex "00 03 03 04 00 00 01 04 00 00 00 04 00 00 00 03", hex "00 00 03 04" },
    { "HELLO, in two chunks after an empty one", FIVE .. hex "00 00 00 05" .. HELLO:sub(1, 5) .. hex "00 31" .. HELLO:sub(6) ..
      hex "00 00", hex "00 00 04 05" .. SUCCESS },
    { "HELLO without a product", FIVE .. hex "00 18 B1 01 A1 8A" .. "user_agent" .. hex "89" .. "Sonde/0.1" .. hex "00 00",
      function(received) return received:sub(5, 8) == hex "00 6B B1 7F" and received:find "bolt_agent" end, "closed" },
    { "GOODBYE", FIVE .. hex "00 02 B0 02 00 00", hex "00 00 04 05", "closed" },
  },
  strict = {
    { "one version", ONE, hex "00 00 00 01", host = 3, free = { { 9, 20 } } },
    { "HELLO", FIVE .. HELLO_SENT, hex "00 00 04 05" .. SUCCESS, free = {
      6, { 9, 20 }, { 38, 46 }, { 68, 76 },
    } },
  },
}
