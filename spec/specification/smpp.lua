-- What is true of the message centres in spec/worlds/servers/smpp.lua (SMPP 3.4).
local hex = require "spec.support.hex"

-- The specification's sample of a PDU: a bind_transmitter of SMPP3TEST with the password secret08.
local BIND = hex [[ 00 00 00 2F 00 00 00 02 00 00 00 00 00 00 00 01 53 4D 50 50 33 54 45 53 54 00 73 65 63 72 65 74 30 38 00
  53 55 42 4D 49 54 31 00 00 01 01 00 ]]
local BOUND = hex "00 00 00 15 80 00 00 02 00 00 00 00 00 00 00 01" .. "lamp\0"
local ENQUIRE = hex "00 00 00 10 00 00 00 15 00 00 00 00 00 00 00 07"
local function unit(command, status, sequence)
  return hex("00 00 00 10" .. command .. "00 00 00" .. status .. "00 00 00" .. sequence)
end
local ALIVE = unit("80 00 00 15", "00", "07")
local ways = { http = "smpp", tls = "smpp" }   -- a generic_nack; two empty lines are less than a header

return {
  specification = "SMPP 3.4",
  hosts = {
    { ways = ways, fields = { command = "enquire_link_resp", status = 4 } },
    { ways = ways, fields = { command = "enquire_link_resp", status = 0 } },
  },
  asks = {
    { "whether a link that is not bound is alive", ENQUIRE, unit("80 00 00 15", "04", "07") },
    { "a wrong password", (BIND:gsub("secret08", "secret09")), unit("80 00 00 02", "0E", "01") },
    { "another system", (BIND:gsub("SMPP3TEST", "SMPP4TEST")), unit("80 00 00 02", "0F", "01") },
    { "a bind twice", BIND .. BIND, BOUND .. unit("80 00 00 02", "05", "01") },
    { "a password that is too long", hex "00 00 00 21 00 00 00 02 00 00 00 00 00 00 00 01" .. "s\0secret08+\0\0\0\0\0\0",
      unit("80 00 00 02", "02", "01") },
    { "a message without a bind", unit("00 00 00 04", "00", "02"), unit("80 00 00 04", "04", "02") },
    { "a command that there is not", unit("00 00 00 55", "00", "02"), unit("80 00 00 00", "03", "02") },
    { "a length that cannot be", hex "00 00 00 0F 00 00 00 15 00 00 00 00 00 00 00 02",
      unit("80 00 00 00", "02", "02"), "closed" },
    { "a question with a body", hex "00 00 00 11 00 00 00 15 00 00 00 00 00 00 00 02 00", unit("80 00 00 00", "02", "02") },
    { "an end", BIND .. unit("00 00 00 06", "00", "02"), BOUND .. unit("80 00 00 06", "00", "02"), "closed" },
    { "an answer nobody asked for", ALIVE, "" },
  },
  -- Free: the status, which requests have no use for; the type of the system, versions and numbering.
  strict = { { "the specification's sample, and a question", BIND .. ENQUIRE, BOUND .. ALIVE,
    free = { { 9, 12 }, { 36, 42 }, { 44, 46 }, { 56, 59 } } } },
}
