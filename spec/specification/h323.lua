-- What is true of the terminals in spec/worlds/servers/h323.lua (Q.931, H.225.0, Q.850).
local hex = require "spec.support.hex"

local ENQUIRY = hex "03 00 00 09 08 02 12 34 75"
local STATUS = hex "03 00 00 10 08 02 92 34 7D 08 02 80 9E 14 01 00"   -- cause 30, call state 0
local UNKNOWN_CALL = "7E 00 0A 05 05 00 06 00 08 91 4A 00 01"
local ways = { http = "closed", tls = "closed", newlines = "closed" }   -- no TPKT

return {
  specification = "ITU-T Q.931 and H.225.0",
  hosts = {
    { ways = ways, fields = { message = 125, cause = 30 } },
    { ways = ways, fields = { message = 125, cause = 30 } },
  },
  asks = {
    { "an enquiry of a call that goes on", ENQUIRY, STATUS:sub(1, -2) .. "\10", host = 2 },
    { "an enquiry from the side that was called", hex "03 00 00 09 08 02 92 34 75",
      hex "03 00 00 10 08 02 12 34 7D 08 02 80 9E 14 01 00" },
    { "an enquiry with a display", hex "03 00 00 0C 08 02 12 34 75 28 01 41", STATUS },
    { "an enquiry with another element", hex "03 00 00 0C 08 02 12 34 75 70 01 80",
      hex "03 00 00 10 08 02 92 34 7D 08 02 80 E3 14 01 00" },
    { "an element that leaves its message", hex "03 00 00 0C 08 02 12 34 75 28 02 41",
      hex "03 00 00 10 08 02 92 34 7D 08 02 80 E4 14 01 00" },
    { "a release of no call", hex "03 00 00 09 08 02 12 34 4D", hex("03 00 00 1A 08 02 92 34 5A 08 02 80 D1" .. UNKNOWN_CALL) },
    { "a setup without what H.225.0 wants", hex "03 00 00 09 08 02 12 34 05",
      hex("03 00 00 1A 08 02 92 34 5A 08 02 80 E0" .. UNKNOWN_CALL) },
    { "a setup", hex("03 00 00 16 08 02 12 34 05" .. UNKNOWN_CALL),
      hex("03 00 00 1A 08 02 92 34 5A 08 02 80 95" .. UNKNOWN_CALL) },
    { "the end of no call", hex "03 00 00 09 08 02 12 34 5A", "" },
    { "a packet without a message", hex "03 00 00 04", "", "closed" },
  },
  strict = { { "an enquiry of no call", ENQUIRY, STATUS, free = { 2 } } },   -- what RFC 1006 has reserved
}
