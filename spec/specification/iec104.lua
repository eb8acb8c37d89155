-- What is true of the station in spec/worlds/servers/iec104.lua (IEC 60870-5-104 section 5).
local hex = require "spec.support.hex"

local TEST, CONFIRMED = hex "68 04 43 00 00 00", hex "68 04 83 00 00 00"
local START, STARTED = hex "68 04 07 00 00 00", hex "68 04 0B 00 00 00"
local function data(numbers, rest) return hex("68 0E" .. numbers .. rest) end
local GENERAL = data("00 00 00 00", "64 01 06 00 01 00 00 00 00 14")

return {
  specification = "IEC 60870-5-104",
  hosts = { { ways = { http = "closed", tls = "closed", newlines = "closed" }, fields = { confirmed = true } } },
  asks = {
    { "a stop", hex "68 04 13 00 00 00", hex "68 04 23 00 00 00" },
    { "data before a start", GENERAL, "", "closed" },
    { "a general interrogation", START .. GENERAL, STARTED .. data("00 00 02 00", "64 01 07 00 01 00 00 00 00 14")
      .. data("02 00 02 00", "64 01 0A 00 01 00 00 00 00 14") },
    { "an interrogation of somebody else", START .. data("00 00 00 00", "64 01 06 00 09 00 00 00 00 14"),
      STARTED .. data("00 00 02 00", "64 01 6E 00 09 00 00 00 00 14") },
    { "an unknown type", START .. data("00 00 00 00", "7A 01 06 00 01 00 00 00 00 14"),
      STARTED .. data("00 00 02 00", "7A 01 6C 00 01 00 00 00 00 14") },
    { "data out of order", START .. data("02 00 00 00", "64 01 06 00 01 00 00 00 00 14"), STARTED, "closed" },
    { "an acknowledgment of nothing sent", START .. hex "68 04 01 00 02 00", STARTED, "closed" },
    { "an acknowledgment", START .. hex "68 04 01 00 00 00" .. TEST, STARTED .. CONFIRMED },
    { "two functions at once", hex "68 04 4B 00 00 00", "", "closed" },
    { "a frame of no length", hex "68 03 43 00 00", "", "closed" },
  },
  strict = {
    { "a test", TEST, CONFIRMED },
    { "an interrogation", START .. GENERAL, STARTED .. data("00 00 02 00", "64 01 07 00 01 00 00 00 00 14")
      .. data("02 00 02 00", "64 01 0A 00 01 00 00 00 00 14") },
  },
}
