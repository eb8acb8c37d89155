local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local asked = "CNXN\0\0\0\1\0\16\0\0\7\0\0\0\50\2\0\0\188\177\167\177host::\0"
local function message(command, first, second, data, magic)
  return wire.pack("<c4 I4 I4 I4 I4 c4", command, first, second, #data, 0, magic) .. data
end

local banner = "device::ro.product.name=x;ro.product.model=Box;ro.product.device=box;features=cmd,shell_v2"

behaves("adb", {
  { "a device that lets anyone in", { { asked }, message("CNXN", 0x01000001, 0x100000, banner, "\188\177\167\177") },
    sent = asked, fields = {
      answer = "CNXN", max_payload = 0x100000, banner = banner, product = "x", model = "Box", device = "box",
      features = "cmd,shell_v2",
    } },
  { "an older one", { message("CNXN", 0x01000000, 4096, "device::\0", "\188\177\167\177") },
    fields = { answer = "CNXN", max_payload = 4096, banner = "device::" } },
  { "a device that wants a key", { message("AUTH", 1, 0, ("t"):rep(20), "\190\170\171\183") }, fields = { answer = "AUTH" } },
  { "a device that wants TLS", { message("STLS", 0x01000000, 0, "", "\172\171\179\172") }, fields = { answer = "STLS" } },
  hostile = {
    { "a banner of 4 GiB", { "CNXN\0\0\0\1\0\16\0\0\255\255\255\255\0\0\0\0\188\177\167\177" }, fields = {} },
    { "a command that is not inverted", { "CNXN\0\0\0\1\0\16\0\0\0\0\0\0\0\0\0\0CNXN" }, fields = {} },
    { "another command", { message("OKAY", 0, 0, "", "\176\180\190\166") }, fields = {} },
  },
})
