local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"
local pack = wire.pack

local function packet(kind, parameters)
  local message = pack(">I2 s2", kind, "\0\0\0\1" .. parameters)
  return pack(">I2 s2", 1, "\198\18\0\9\0\0" .. message)
end

-- Asks as 192.0.2.1 for a session with nobody in particular.
local asked = "\0\1\0\32\192\0\2\1\0\0" .. "\2\0\0\22\0\0\0\1" ..
  "\5\0\0\14\0\1\0\30\0\0\0\0\0\0\0\0\0\0"

behaves("ldp", {
  { "a router that refuses", { { asked }, packet(0x0001, pack(">I2 s2", 0x0300, "\128\0\0\16\0\0\0\0\0\0")) }, sent = asked,
    fields = { router_id = "198.18.0.9", label_space = 0, message = 1, status = 16 } },
  { "a router that begins", { packet(0x0200, pack(">I2 s2", 0x0500, "\0\1\0\40\0\0\16\0\1\2\3\4\0\0")) },
    fields = { router_id = "198.18.0.9", label_space = 0, message = 512, keep_alive = 40 } },
  { "a keepalive", { packet(0x0201, "") }, fields = { router_id = "198.18.0.9", label_space = 0, message = 513 } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a packet of 64 kB", { "\0\1\255\255" }, fields = {} },
    { "a message that leaves its packet", { "\0\1\0\14\198\18\0\9\0\0\0\1\0\99abcd" }, fields = {} },
    { "a parameter that leaves its message", { packet(0x0001, "\3\0\0\9") } },
    { "a status that is too short", { packet(0x0001, "\3\0\0\2ab") } },
  },
})
