-- What is true of the servers in spec/worlds/servers/mssql.lua.
local hex = require "spec.support.hex"

local ways = { http = "closed", tls = "closed" }
-- Section 4.1, and an answer of the layout that SQL Server has had since 2005.
local EXAMPLE = hex [[12 01 00 2F 00 00 01 00 00 00 1A 00 06 01 00 20 00 01 02 00 21 00 01 03 00 22 00 04 04 00 26 00
  01 FF 09 00 00 00 00 00 01 00 B8 0D 00 00 01]]
local ANSWER = hex [[04 01 00 2B 00 00 01 00 00 00 1A 00 06 01 00 20 00 01 02 00 21 00 01 03 00 22 00 00 04 00 22 00
  01 FF 09 00 00 00 00 00 01 00 01]]
-- 4.1 of [MS-SSTDS], whose client names an instance, and has no MARS.
local OLDER = hex [[12 01 00 34 00 00 01 00 00 00 15 00 06 01 00 1B 00 01 02 00 1C 00 0C 03 00 28 00 04 FF 08 00 01 55
  00 00 00 4D 53 53 51 4C 53 65 72 76 65 72 00 80 19 00 00]]
local function asking(encryption) return EXAMPLE:sub(1, 40) .. string.char(encryption) .. EXAMPLE:sub(42) end
local function answering(encryption) return ANSWER:sub(1, 40) .. string.char(encryption) .. ANSWER:sub(42) end

return {
  specification = "MS-TDS",
  hosts = {
    { outcome = "tls", ways = ways,
      fields = { version = "9.0.0.0", encryption = "required", instance_valid = true, mars = true } },
    { outcome = "tls", ways = ways,
      fields = { version = "16.0.1000.6", encryption = "off", instance_valid = true, mars = true } },
    { fields = { version = "10.50.6000.34", encryption = "not supported", instance_valid = true, mars = false }, ways = ways },
    { fields = { version = "8.0.341.0", encryption = "not supported", instance_valid = true }, ways = ways },
    { fields = { error = 17142, message = "für \240\159\152\128" }, ways = ways },
  },
  asks = {
    { "PRELOGIN of section 4.1, from a client that encrypts all", EXAMPLE, ANSWER },
    { "a client that encrypts logins, to a server that encrypts all", asking(0), answering(3) },
    { "a client that encrypts logins, to a server that does", asking(0), answering(0):sub(1, 34) ..
      hex "10 00 03 E8 00 06 00 00 01", host = 2 },
    { "a client that cannot", asking(2), answering(3) },
    { "a client that says nothing of the kind", asking(7), "", "closed" },
    { "an instance of that name, and no MARS ([MS-SSTDS] section 4.1)", OLDER, hex [[04 01 00 25 00 00 01 00 00 00 15 00 06 01
        00 1B 00 01 02 00 1C 00 01 03 00 1D 00 00 FF 08 00 01 55 00 00 02 00]], host = 4 },
    { "an instance of another name", (OLDER:gsub("MSSQLServer", "MSSQLserver")), hex [[04 01 00 25 00 00 01 00 00 00 15 00 06 01
        00 1B 00 01 02 00 1C 00 01 03 00 1D 00 00 FF 08 00 01 55 00 00 02 01]], host = 4 },
    { "PRELOGIN without VERSION", hex "12 01 00 0F 00 00 01 00 01 00 06 00 01 FF 00", "", "closed" },
    { "TLS without PRELOGIN", hex "16 03 01 00 05 01 00 00 01 03", "", "closed" },
  },
  strict = {
    -- Free: PacketID and Window; the version of the client, its number of the thread. Not so the offsets of both.
    { "PRELOGIN", EXAMPLE, ANSWER, free = { 7, 8, { 35, 40 }, { 43, 46 } } },
  },
}
