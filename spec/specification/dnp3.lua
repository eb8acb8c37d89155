-- What is true of the outstations in spec/worlds/servers/dnp3.lua (IEEE 1815-2012 clause 9).
local hex = require "spec.support.hex"

-- The frames of master 1024 and outstation 1 that introductions to DNP3 print, with their CRCs.
local RESET, RESET_ACK = hex "05 64 05 C0 01 00 00 04 E9 21", hex "05 64 05 00 00 04 01 00 19 A6"
local READ = hex "05 64 14 F3 01 00 00 04 0A 3B C0 C3 01 3C 02 06 3C 03 06 3C 04 06 3C 01 06 9A 12"

return {
  specification = "IEEE 1815",
  hosts = {
    { fields = { address = 1, master = 1024, ["function"] = 11 } },
    { fields = { address = 1024, master = 1, ["function"] = 15 } },
  },
  asks = {
    { "a reset of the link", RESET, RESET_ACK },
    { "data before a reset", READ, hex "05 64 05 01 00 04 01 00 1F 85" },
    { "data after it", RESET .. READ, RESET_ACK .. RESET_ACK },
    { "a test of the link, from the last address there is", hex "05 64 05 F2 01 00 EF FF BF B5",
      hex "05 64 05 01 EF FF 01 00 6D A7" },
    { "a request for its status", hex "05 64 05 C9 01 00 00 04 A6 57",
      hex "05 64 05 0B 00 04 01 00 5A 96" },
    { "a frame after noise", "noise \5\5" .. RESET, RESET_ACK },
    { "a frame from its own address", hex "05 64 05 C0 01 00 01 00 DF 53", "" },
    { "a frame for somebody else", hex "05 64 05 C0 04 00 01 00 1C 4D", "" },
  },
  strict = {
    { "a reset of the link", RESET, RESET_ACK },
    { "a reset and data", RESET .. READ, RESET_ACK .. RESET_ACK },
  },
}
