-- What is true of the nodes in spec/worlds/servers/couchbase.lua.
local hex = require "spec.support.hex"

local ways = { http = "closed", tls = "closed", newlines = "closed" }
local VERSION = hex "80 0B 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
local SAYS_VERSION = hex "81 0B 00 00 00 00 00 00 00 00 00 05 00 00 00 00 00 00 00 00 00 00 00 00" .. "1.3.1"
local HELO = hex "80 1F 00 00 00 00 00 00 00 00 00 00 00 00 00 09 00 00 00 00 00 00 00 00"

return {
  specification = "the Couchbase Binary Protocol",
  hosts = {
    { fields = { status = 0, version_status = 0, version = "1.3.1" }, ways = ways },
    { fields = { status = 0, version_status = 0x24 }, ways = ways },
  },
  asks = {
    { "the document's example of Version", VERSION, SAYS_VERSION },
    { "the document's example of HELO: of five features, two are there", hex [[80 1F 00 0C 00 00 00 00 00 00 00 16 00 00 00 00
        00 00 00 00 00 00 00 00]] .. "mchello v1.0" .. hex "00 01 00 02 00 03 00 04 00 05",
      hex "81 1F 00 00 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 03 00 04" },
    { "the document's example of No-op", hex "80 0A" .. VERSION:sub(3), hex "81 0A" .. VERSION:sub(3) },
    { "the document's example of Quit", hex "80 07" .. VERSION:sub(3), hex "81 07" .. VERSION:sub(3), "closed" },
    { "a command that there is none of", hex "80 FF" .. VERSION:sub(3), hex "81 FF 00 00 00 00 00 81" .. VERSION:sub(9) },
  },
  strict = {
    { "Version", VERSION, SAYS_VERSION },
    { "HELO without a name, as memcached would never have it", HELO, hex "81" .. HELO:sub(2) },
  },
}
