-- What is true of the firewall in spec/worlds/servers/checkpoint.lua (the topology service in its observed form).
local hex = require "spec.support.hex"

local GREETING, NAME = hex "51 00 00 00 00 00 00 21", hex "00 00 00 0B" .. "securemote\0"
local ANSWER = "Y\0\0\0" .. hex "00 00 00 26" .. "CN=gate1,O=mgmt.example.k7f2qx" .. ("\0"):rep(8)

return {
  specification = "the topology service's observed form",
  hosts = { { ways = { http = "closed", tls = "closed" }, fields = { firewall = "gate1", management = "mgmt.example.k7f2qx" } } },
  asks = {
    { "a greeting alone", GREETING, "Y\0\0\0" },
    { "another client", GREETING .. hex "00 00 00 0B" .. "stranger..\0", "Y\0\0\0", "closed" },
    { "a name of 4 GiB", GREETING .. "\255\255\255\255", "Y\0\0\0", "closed" },
  },
  strict = { { "a client", GREETING .. NAME, ANSWER } },
}
