local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local asked = "l\0\11\0\0\0\0\0\0\0\0\0"

local function setup(vendor, length)
  local rest = vendor .. ("\0"):rep(-#vendor % 4)
  return wire.pack("<B x I2 I2 I2", 1, 11, 0, (32 + #rest) / 4) ..
    wire.pack("<I4 I4 I4 I4 I2 I2 B B x2 x4 x4", 12101007, 0, 0, 256, length or #vendor, 65535, 1, 7) .. rest
end

behaves("x11", {
  { "a server that lets anyone in", { { asked }, setup "The X.Org Foundation" }, sent = asked, fields = {
    accepted = true, protocol_version = "11.0", release = 12101007, vendor = "The X.Org Foundation",
  } },
  { "a server that refuses", { "\0\27\11\0\0\0\7\0No protocol specified\n\0\0\0\0\0\0" },
    fields = { accepted = false, protocol_version = "11.0", reason = "No protocol specified" } },
  { "a server that wants authentication", { "\2\0\0\0\0\0\2\0cookie\0\0" }, fields = { accepted = false, reason = "cookie" } },
  hostile = {
    { "a setup of 256 kB", { "\1\0\11\0\0\0\255\255" }, fields = {} },
    { "a setup that is too short", { "\1\0\11\0\0\0\2\0" .. ("\0"):rep(8) }, fields = {} },
    { "a vendor that leaves the setup", { setup("ab", 99) }, fields = {} },
    { "another version", { "\1\0\10\0\0\0\2\0" }, fields = {} },
  },
})
