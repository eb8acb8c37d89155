-- What is true of the nodes in spec/worlds/servers/cassandra.lua.
local hex = require "spec.support.hex"

local OPTIONS = hex "04 00 00 00 05 00 00 00 00"
local error_ways = { http = "cassandra", tls = "cassandra", newlines = "cassandra" }
local UNSUPPORTED = "Invalid or unsupported protocol version (4)"
local READY = hex "84 00 00 01 02 00 00 00 00"

return {
  specification = "the CQL binary protocol, versions 1 to 5",
  hosts = {
    { fields = {
      protocol_version = 4, cql_versions = { "3.4.6" }, compression = { "snappy", "lz4" },
      protocol_versions = { "3/v3", "4/v4", "5/v5" },
    }, ways = error_ways },
    { fields = { protocol_version = 3, error_code = 10, error = UNSUPPORTED }, ways = error_ways },
    { fields = { protocol_version = 2, error_code = 10, error = UNSUPPORTED }, ways = error_ways },
    { fields = { protocol_version = 1, error_code = 10, error = UNSUPPORTED }, ways = error_ways },
    { fields = {
      protocol_version = 4, cql_versions = { "3.4.6" }, compression = { "snappy", "lz4" },
      protocol_versions = { "3/v3", "4/v4", "5/v5" },
    }, ways = error_ways },
  },
  asks = {
    { "STARTUP (section 4.1.1)", hex "04 00 00 01 01 00 00 00 16 00 01 00 0B" .. "CQL_VERSION" .. hex "00 05" .. "3.0.0", READY },
    { "STARTUP without its mandatory option", hex "04 00 00 01 01 00 00 00 02 00 00",
      hex "84 00 00 01 00 00 00 00 32 00 00 00 0A 00 2C" .. "Missing value CQL_VERSION in STARTUP message", "closed" },
    { "QUERY before STARTUP", hex "04 00 00 01 07 00 00 00 00",
      hex "84 00 00 01 00 00 00 00 38 00 00 00 0A 00 32" .. "Unexpected message 7, expecting STARTUP or OPTIONS", "closed" },
    { "OPTIONS of version 2, whose header has eight bytes", hex "02 00 00 05 00 00 00 00", function(received)
      return received:sub(1, 4) == hex "82 00 00 06" and received:find("CQL_VERSION\0\1\0\0053.1.1", 1, true)
    end, host = 3 },
  },
  strict = {
    { "OPTIONS", OPTIONS, function(received)
      return received:sub(1, 5) == hex "84 00 00 00 06" and received:find("CQL_VERSION\0\1\0\0053.4.6", 1, true)
    end },
  },
}
