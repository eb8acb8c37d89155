-- What is true of the devices in spec/worlds/servers/bacnet.lua (ASHRAE 135-2012).
local hex = require "spec.support.hex"

-- Annex F.3.5: the present value of analog input 5, which is 72.3; in a frame of annex J.
local QUESTION = hex "81 0A 00 11 01 04" .. hex "00 00 01 0C 0C 00 00 00 05 19 55"
local ANSWER = hex "81 0A 00 17 01 00" .. hex "30 01 0C 0C 00 00 00 05 19 55 3E 44 42 90 99 9A 3F"
local ways = { http = "closed", tls = "closed", newlines = "closed" }   -- no frame of annex J

local function asked(apdu) return hex("81 0A 00 " .. ("%02X"):format(6 + #hex(apdu)) .. "01 04" .. apdu) end
local function said(apdu) return hex("81 0A 00 " .. ("%02X"):format(6 + #hex(apdu)) .. "01 00" .. apdu) end

return {
  specification = "ASHRAE 135",
  hosts = {
    { ways = ways, fields = { instance = 1234, vendor = "Lamps & Sons" } },
    { ways = ways, fields = { instance = 5, error = "2.32" } },
    { ways = ways, fields = { refusal = 9 } },
  },
  asks = {
    { "an object it does not have", asked "00 05 07 0C 0C 00 00 00 06 19 55", said "50 07 0C 91 01 91 1F" },
    { "a property it does not have", asked "00 05 07 0C 0C 00 00 00 05 19 79", said "50 07 0C 91 02 91 20" },
    { "an index of what is no array", asked "00 05 07 0C 0C 00 00 00 05 19 55 29 01", said "50 07 0C 91 02 91 32" },
    { "an object without a property", asked "00 05 07 0C 0C 00 00 00 05", said "60 07 05" },
    { "a tag that does not belong here", asked "00 05 07 0C 1C 00 00 00 05 19 55", said "60 07 04" },
    { "one argument more", asked "00 05 07 0C 0C 00 00 00 05 19 55 39 01", said "60 07 07" },
    { "another service", asked "00 05 07 0F 0C 00 00 00 05 19 55", said "60 07 09" },
    { "a segment", asked "08 05 07 00 04 0C 0C", said "71 07 04" },
    { "the table of a BBMD", hex "81 02 00 04", hex "81 00 00 06 00 20" },
    { "a frame that is too short to be one", hex "81 0A 00 03", "", "closed" },
  },
  -- Free: the priority of the network, and how long an answer may be.
  strict = { { "the standard's example", QUESTION, ANSWER, free = { 6, 8 } } },
}
