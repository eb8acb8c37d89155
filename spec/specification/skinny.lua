-- What is true of the call managers in spec/worlds/servers/skinny.lua (SCCP in its observed form).
local hex = require "spec.support.hex"

local KEEP_ALIVE, ACK = hex "04 00 00 00 00 00 00 00 00 00 00 00", hex "04 00 00 00 00 00 00 00 00 01 00 00"
local ways = { http = "closed", tls = "closed" }   -- no length of a message; two empty lines are less than a header

return {
  specification = "SCCP's observed form",
  hosts = {
    { ways = ways, fields = { message = 0x100 } },
    { ways = ways, fields = { message = 0x9F } },
  },
  asks = {
    { "two of them", KEEP_ALIVE .. KEEP_ALIVE, ACK .. ACK },
    { "a phone that it does not know", hex "14 00 00 00 00 00 00 00 01 00 00 00" .. "SEP0200000000AB\0",
      hex "25 00 00 00 00 00 00 00 9D 00 00 00" .. "No Entry In Database" .. ("\0"):rep(13) },
    { "a call of nobody", hex "08 00 00 00 00 00 00 00 06 00 00 00 01 00 00 00", "", "closed" },
    { "a keep-alive with a body", hex "08 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00", "", "closed" },
  },
  strict = { { "a keep-alive", KEEP_ALIVE, ACK } },
}
