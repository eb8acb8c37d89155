-- What is true of the controllers in spec/worlds/servers/fins.lua (Omron W421 section 7-4).
local hex = require "spec.support.hex"

local NODES = "FINS" .. hex "00 00 00 0C 00 00 00 00 00 00 00 00 00 00 00 00"
local GIVEN = "FINS" .. hex "00 00 00 10 00 00 00 01 00 00 00 00 00 00 00 EF 00 00 00 01"
local function fails(code) return "FINS" .. hex("00 00 00 08 00 00 00 03 00 00 00" .. code) end
-- A command to read the controller's data (05 01), from node 239 to node 1.
local FRAME = "FINS" .. hex "00 00 00 14 00 00 00 02 00 00 00 00" .. hex "80 00 02 00 01 00 00 EF 00 07 05 01"
local ways = { http = "fins", tls = "fins" }   -- an error: the header is not FINS; two empty lines are less than a header

return {
  specification = "Omron W421",
  hosts = {
    { ways = ways, fields = { error = 0, client_node = 239, server_node = 1 } },
    { ways = ways, fields = { error = 32 } },
  },
  asks = {
    { "the address of the server itself", NODES:sub(1, 19) .. "\1",
      "FINS" .. hex "00 00 00 10 00 00 00 01 00 00 00 24 00 00 00 00 00 00 00 00",
      "closed" },
    { "an address that is too large", NODES:sub(1, 19) .. "\255",
      "FINS" .. hex "00 00 00 10 00 00 00 01 00 00 00 23 00 00 00 00 00 00 00 00",
      "closed" },
    { "addresses twice", NODES .. NODES, GIVEN .. fails "03", "closed" },
    { "a frame before them", FRAME, fails "03", "closed" },
    { "a command it does not know", NODES .. FRAME,
      GIVEN .. "FINS" .. hex "00 00 00 16 00 00 00 02 00 00 00 00" .. hex "C0 00 02 00 EF 00 00 01 00 07 05 01 04 01" },
    { "more than a frame may be", "FINS" .. hex "00 00 07 E5 00 00 00 02 00 00 00 00", fails "02", "closed" },
    { "another mark", "FINE" .. NODES:sub(5), fails "01", "closed" },
  },
  strict = { { "node addresses", NODES, GIVEN, free = { { 13, 16 } } } },   -- the error code, which is not used
}
