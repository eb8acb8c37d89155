-- What is true of the brokers in spec/worlds/servers/kafka.lua.
local hex = require "spec.support.hex"

-- Version 0 with correlation id 7, from a client named "sonde": length, key, version, id, name.
local QUESTION = hex "00 00 00 0F 00 12 00 00 00 00 00 07 00 05" .. "sonde"
local ANSWER = hex [[00 00 00 28 00 00 00 07 00 00 00 00 00 05 00 00 00 00 00 09 00 01 00 00 00 0D 00 03 00 00 00 0C
  00 12 00 00 00 03 00 24 00 00 00 02]]

return {
  specification = "the Apache Kafka protocol guide",
  hosts = {
    { fields = { error = 0, api_versions = { "0: 0-9", "1: 0-13", "3: 0-12", "18: 0-3", "36: 0-2" } },
      ways = { http = "closed", tls = "closed", newlines = "closed" } },
    { fields = { error = 0, api_versions = { "17: 0-1", "18: 0-0", "36: 0-2" } },
      ways = { http = "closed", tls = "closed", newlines = "closed" } },
  },
  asks = {
    { "a client without a name", hex "00 00 00 0A 00 12 00 00 00 00 00 07 FF FF", ANSWER },
    { "version 3, of flexible form",
      hex "00 00 00 16 00 12 00 03 00 00 00 07 00 01 78 00 06" .. "sonde" .. hex "03" .. "10" .. hex "00",
      hex [[00 00 00 2F 00 00 00 07 00 00 06 00 00 00 00 00 09 00 00 01 00 00 00 0D 00 00 03 00 00 00 0C 00
        00 12 00 00 00 03 00 00 24 00 00 00 02 00 00 00 00 00 00]] },
    { "a version that it does not know (KIP-511)", hex "00 00 00 0A 00 12 00 63 00 00 00 07 FF FF",
      hex "00 00 00 10 00 00 00 07 00 23 00 00 00 01 00 12 00 00 00 03" },
    { "Metadata", hex "00 00 00 0E 00 03 00 00 00 00 00 07 FF FF 00 00 00 00", "", "closed" },
  },
  strict = { { "ApiVersions", QUESTION, ANSWER, free = { { 15, 19 } } } },
}
