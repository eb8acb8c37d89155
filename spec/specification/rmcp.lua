-- What is true of the controllers in spec/worlds/servers/rmcp.lua (ASF 2.0, IPMI 2.0).
local hex = require "spec.support.hex"

local PING = hex "06 00 FF 06 00 00 11 BE 80 07 00 00"
local PONG = hex "06 00 FF 06 00 00 11 BE 40 07 00 10 00 00 11 BE 00 00 00 00 81 00 00 00 00 00 00 00"
-- Get Channel Authentication Capabilities of the channel it came by, for administrators; 20 + 18 + C8 is 100, as 81 + ... is.
local CAPABILITIES = hex "06 00 FF 07 00 00 00 00 00 00 00 00 00 09 20 18 C8 81 00 38 8E 04 B5"
local ANSWER = hex "06 00 FF 07 00 00 00 00 00 00 00 00 00 10 81 1C 63 20 00 38 00 01 14 04 00 00 00 00 00 8F"
local ways = { http = "closed", tls = "closed", newlines = "closed" }

return {
  specification = "ASF 2.0 and IPMI 2.0",
  hosts = {
    { handshake = "ipmi", ways = ways, fields = { ipmi = true, asf_version = 1, enterprise = 4542, interactions = 0 } },
    { handshake = "ipmi", ways = ways, fields = { ipmi = false, asf_version = 1, enterprise = 343, interactions = 0 } },
  },
  asks = {
    { "a ping that wants an acknowledgment", hex "06 00 05 06" .. PING:sub(5), hex "06 00 05 86" .. PONG },
    { "a ping that wants no answer", PING:sub(1, 9) .. hex "FF 00 00", "" },
    { "a ping with data", PING:sub(1, 11) .. "\1x", "" },
    { "another message, and a ping", hex "06 00 FF 06 00 00 11 BE 10 07 00 00" .. PING, PONG },
    { "a command it does not know", hex "06 00 FF 07 00 00 00 00 00 00 00 00 00 07 20 18 C8 81 00 01 7E",
      hex "06 00 FF 07 00 00 00 00 00 00 00 00 00 08 81 1C 63 20 00 01 C1 1E" },
    { "a session that there is not", hex "06 00 FF 07 06" .. ("\0"):rep(9), "" },
    { "IPMI where there is none", CAPABILITIES, "", "closed", host = 2 },
  },
  strict = {
    { "a ping", PING, PONG },
    { "a question of IPMI", CAPABILITIES, ANSWER },
  },
}
