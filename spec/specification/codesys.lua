-- What is true of the runtimes in spec/worlds/servers/codesys.lua (the service for tools in its observed form).
local hex = require "spec.support.hex"
local wire = require "sonde.wire"

local LITTLE, BIG = hex "BB BB 01 00 00 00 01", hex "BB BB 00 00 00 01 01"
local function texts(...) return ("\0"):rep(57) .. wire.pack("c32 c32 c32", ...) end
local ANSWER = hex "BB BB 02 00 00 00 01 01" .. texts("Nucleus PLUS", "Nucleus PLUS version unknown", "Lamp 750-881")
local BIG_ANSWER = hex "BB BB 00 00 00 02 01 01" .. texts("Linux", "2.6.29", "Lamp 2")
local ways = { http = "closed", tls = "closed", newlines = "closed" }

return {
  specification = "CODESYS 2's observed form",
  hosts = {
    { ways = ways, fields = { os = "Nucleus PLUS", os_version = "Nucleus PLUS version unknown", product = "Lamp 750-881" } },
    { handshake = "codesys_big", service = "codesys", ways = ways,
      fields = { os = "Linux", os_version = "2.6.29", product = "Lamp 2" } },
  },
  asks = {
    { "two questions", LITTLE .. LITTLE, ANSWER .. ANSWER },
    { "a machine of the other order", BIG, BIG_ANSWER, host = 2 },
    { "a small machine, in the other order", BIG, "", "closed" },
    { "a machine of the other order, in that of small ones", LITTLE, "", "closed", host = 2 },
  },
  strict = { { "a question", LITTLE, ANSWER }, { "a question in the other order", BIG, BIG_ANSWER, host = 2 } },
}
