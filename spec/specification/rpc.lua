-- What is true of the servers in spec/worlds/servers/rpc.lua.
local hex = require "spec.support.hex"

local ways = { http = "closed", tls = "closed", newlines = "closed" }
-- NULL of NFS 3, without credential or verifier.
local CALL = hex [[00 00 00 07 00 00 00 00 00 00 00 02 00 01 86 A3 00 00 00 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
  00 00 00 00]]
local CALLED, MARK = hex "80 00 00 28" .. CALL, hex "80 00 00 18"
local HEAD = hex "00 00 00 07 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00"
local function accepted(status) return MARK .. HEAD .. string.char(0, 0, 0, status) end
local function procedure(number) return CALL:sub(1, 23) .. string.char(number) .. CALL:sub(25) end
local function denied(why)
  return hex "80 00 00 14 00 00 00 07 00 00 00 01 00 00 00 01 00 00 00 01 00 00 00" .. string.char(why)
end

return {
  specification = "RFC 5531, RFC 1813 and RFC 1833",
  hosts = {
    { fields = { program = 100003, accepted = true, status = 0 }, ways = ways },
    { fields = { program = 100003, accepted = true, status = 2, lowest = 4, highest = 4 }, ways = ways },
    { fields = { program = 100003, accepted = true, status = 0 }, ways = ways },
    { fields = { program = 100003, accepted = true, status = 1 }, ways = ways },
    { fields = { program = 100003, accepted = false, reason = 1, authentication = 5 }, ways = ways },
    { fields = { program = 100003, accepted = false, reason = 0, lowest = 3, highest = 3 }, ways = ways },
    { fields = { program = 100000, accepted = true, status = 0 }, ways = ways },
  },
  asks = {
    { "NULL, in two fragments", hex "00 00 00 10" .. CALL:sub(1, 16) .. hex "80 00 00 18" .. CALL:sub(17), accepted(0) },
    { "another procedure", hex "80 00 00 28" .. procedure(1), accepted(3) },
    { "NULL with arguments", hex "80 00 00 2C" .. CALL .. "abcd", accepted(4) },
    { "a credential that is none (section 9)", hex "80 00 00 28" .. CALL:sub(1, 24) .. hex "00 00 00 09" .. CALL:sub(29),
      denied(1) },
    { "AUTH_SYS", hex "80 00 00 3C" .. CALL:sub(1, 24) .. hex [[00 00 00 01 00 00 00 14 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00 00 00 00 00 00 00]], accepted(0), host = 5 },
    { "a reply", hex "80 00 00 18" .. HEAD .. hex "00 00 00 00", "", "closed" },
  },
  strict = { { "NULL", CALLED, accepted(0) } },
}
