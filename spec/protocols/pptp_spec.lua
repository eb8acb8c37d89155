local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local START = ">I2 I2 I4 I2 I2 B B B B I4 I4 I2 I2 c64 c64"
local asked = wire.pack(START, 156, 1, 0x1A2B3C4D, 1, 0, 1, 0, 0, 0, 3, 3, 0, 0, "", "")
local stop = wire.pack(">I2 I2 I4 I2 I2 B B I2", 16, 1, 0x1A2B3C4D, 3, 0, 1, 0, 0)

local function reply(result, host_name, vendor, length, magic)
  return wire.pack(START, length or 156, 1, magic or 0x1A2B3C4D, 2, 0, 1, 0, result, 0, 3, 3, 0, 4608, host_name,
    vendor)
end

behaves("pptp", {
  { "a router", { { asked }, reply(1, "gate", "MikroTik"), { stop } }, sent = asked .. stop, fields = {
    result = 1, error = 0, protocol_version = "1.0", firmware = 4608, host_name = "gate", vendor = "MikroTik",
  } },
  { "a server without names that refuses", { { asked }, reply(5, "", "") },
    fields = { result = 5, error = 0, protocol_version = "1.0", firmware = 4608 } },
  { "names without a final zero", { { asked }, reply(1, ("h"):rep(64), ("v"):rep(64)) }, fields = {
    result = 1, error = 0, protocol_version = "1.0", firmware = 4608, host_name = ("h"):rep(64), vendor = ("v"):rep(64),
  } },
  hostile = {
    { "a length of 65535", { { asked }, reply(1, "a", "b", 65535) }, fields = {} },
    { "another cookie", { { asked }, reply(1, "a", "b", 156, 0x4D3C2B1A) }, fields = {} },
    { "an echo of what was asked", { { asked }, asked }, fields = {} },
  },
})
