local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"
local pack = wire.pack

-- The context is drawn at random: the peer repeats it.
local function answer(data, status)
  return function(sent) return pack("<I2 I2 I4 I4 c8 I4", 0x63, #data, 0, status or 0, sent:sub(13, 20), 0) .. data end
end

local identity = pack("<I2", 1) .. "\0\2\175\18\198\18\0\9" .. ("\0"):rep(8) ..
  pack("<I2 I2 I2 B B I2 I4 s1 B", 1, 14, 65, 20, 11, 0x30, 0xC0FFEE, "1756-L61/B LOGIX5561", 3)

behaves("enip", {
  { "a controller", { { 24 }, answer(pack("<I2 I2 s2", 1, 0x0C, identity)) }, fields = {
    vendor_id = 1, device_type = 14, product_code = 65, revision = "20.11", status = 0x30, serial = "00c0ffee",
    product = "1756-L61/B LOGIX5561", state = 3, address = "198.18.0.9:44818",
  } },
  { "a device that does not know the command", { { 24 }, answer("", 1) }, fields = { error = 1 } },
  hostile = {
    { "our own bytes", { { 24 }, function(sent) return sent end }, fields = {} },
    { "data of 64 kB", { { 24 }, function(sent) return "\99\0\255\255\0\0\0\0\0\0\0\0" .. sent:sub(13, 20) .. "\0\0\0\0" end },
      fields = {} },
    { "65535 items", { { 24 }, answer "\255\255" }, fields = {} },
    { "an item that leaves the data", { { 24 }, answer "\1\0\12\0\255\255" }, fields = {} },
    { "an identity that is too short", { { 24 }, answer "\1\0\12\0\4\0\1\0\0\2" }, fields = {} },
    { "items of other kinds", { { 24 }, answer "\1\0\1\0\1\0x" }, fields = {} },
  },
})
