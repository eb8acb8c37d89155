local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"
local pack = wire.pack

local asked = "\4\0\0\0\5\0\0\0\0"
local options = pack(">I2 s2 I2 s2 s2 s2 I2 s2 s2 I2 s2", 3, "COMPRESSION", 2, "snappy", "lz4", "CQL_VERSION", 1, "3.4.6",
  "PROTOCOL_VERSIONS", 1, "4/v4")

behaves("cassandra", {
  { "a server", { { asked }, "\132\0\0\0\6" .. pack(">s4", options) }, sent = asked, fields = {
    protocol_version = 4, cql_versions = { "3.4.6" }, compression = { "snappy", "lz4" }, protocol_versions = { "4/v4" },
  } },
  { "a server of an older protocol", { "\131\0\0\0\0" .. pack(">s4", pack(">I4 s2", 10, "Invalid or unsupported protocol")) },
    fields = { protocol_version = 3, error_code = 10, error = "Invalid or unsupported protocol" } },
  { "a server whose frames have a stream of one byte", {
    "\130\0\0\0" .. pack(">s4", pack(">I4 s2", 10, "Invalid or unsupported protocol version: 4")),
  }, fields = { protocol_version = 2, error_code = 10, error = "Invalid or unsupported protocol version: 4" } },
  { "a server that traces, and warns", { { asked },
    "\132\10\0\0\6" .. pack(">s4", pack(">c16 I2 s2 s2", "", 2, "a", "bc") .. options) },
    fields = {
      protocol_version = 4, cql_versions = { "3.4.6" }, compression = { "snappy", "lz4" }, protocol_versions = { "4/v4" },
    } },
  hostile = {
    { "warnings without end", { "\132\8\0\0\6\0\0\0\4\255\255\0\0" }, fields = { protocol_version = 4 } },
    { "warnings that leave the body", { "\132\8\0\0\6\0\0\0\5\0\2\0\9a" }, fields = { protocol_version = 4 } },
    { "too many warnings", { "\132\8\0\0\6" .. pack(">s4", pack(">I2", 33) .. ("\0\0"):rep(33) .. options) },
      fields = { protocol_version = 4 } },
    { "a body of 4 GiB", { "\132\0\0\0\6\255\255\255\255" }, fields = {} },
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "65535 options", { "\132\0\0\0\6\0\0\0\2\255\255" }, fields = { protocol_version = 4 } },
    { "values that leave the body", { "\132\0\0\0\6\0\0\0\9\0\1\0\1A\0\1\0\9" }, fields = { protocol_version = 4 } },
    { "an answer to another question", { "\132\0\0\1\6\0\0\0\0" }, fields = {} },
  },
})
