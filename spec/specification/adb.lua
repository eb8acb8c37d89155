-- What is true of the devices in spec/worlds/servers/adb.lua (AOSP adb, protocol.txt).
local hex = require "spec.support.hex"

-- A host's CONNECT, counted by hand: "host::" and a zero have the check 0x232.
local CONNECT = "CNXN" .. hex "00 00 00 01 00 00 04 00 07 00 00 00 32 02 00 00 BC B1 A7 B1" .. "host::\0"
local IDENTITY = "device::ro.product.name=lamp;ro.product.model=Lamp_2;ro.product.device=lamp2;features=cmd,shell_v2"
local DEVICE = "CNXN" .. hex "00 00 00 01 00 00 04 00 62 00 00 00 E4 24 00 00 BC B1 A7 B1" .. IDENTITY
-- An OKAY, which may not come before the CONNECT, and is ignored.
local OKAY = "OKAY" .. hex "01 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00 B0 B4 BE A6"
local ways = { http = "closed", tls = "closed" }   -- no header of a message; two empty lines are too short for one

return {
  specification = "AOSP's adb/protocol.txt",
  hosts = {
    { ways = ways, fields = {
      answer = "CNXN", max_payload = 262144, banner = IDENTITY, product = "lamp", model = "Lamp_2", device = "lamp2",
      features = "cmd,shell_v2",
    } },
    { ways = ways, fields = { answer = "AUTH" } },
    { ways = ways, fields = { answer = "STLS" } },
  },
  asks = {
    { "a message before the CONNECT", OKAY .. CONNECT, DEVICE },
    { "a version from the future", (CONNECT:gsub("^CNXN....", "CNXN\0\0\0\2")), "", "closed" },
    { "less room than a message may need", (CONNECT:gsub("\0\0\4\0", "\0\15\0\0", 1)), "", "closed" },
    { "half a header", CONNECT:sub(1, 12), "" },
  },
  strict = { { "a host's CONNECT", CONNECT, DEVICE, free = { 5, { 9, 13 } } } },   -- versions; more room; no zero at the end
}
