local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"
local pack = wire.pack

local asked = "JDWP-Handshake\0\0\0\11\0\0\0\1\0\1\1"
local function reply(code, body) return pack(">I4 I4 B I2", 11 + #body, 1, 0x80, code) .. body end

local version = pack(">s4 I4 I4 s4 s4", "Java Debug Wire Protocol", 17, 0, "17.0.13", "OpenJDK 64-Bit Server VM")
local event = pack(">I4 I4 B B B", 16, 7, 0, 64, 100) .. "\2\0\0\0\0"

behaves("jdwp", {
  { "a virtual machine", { { asked }, "JDWP-Handshake", reply(0, version) }, sent = asked, fields = {
    error = 0, description = "Java Debug Wire Protocol", protocol_version = "17.0", vm_version = "17.0.13",
    vm_name = "OpenJDK 64-Bit Server VM",
  } },
  { "one that waits to be debugged", { "JDWP-Handshake" .. event, reply(112, "") }, fields = { error = 112 } },
  hostile = {
    { "an echo", { { asked }, asked }, fields = {} },
    { "a packet of 4 GiB", { "JDWP-Handshake\255\255\255\255\0\0\0\1\128\0\0" }, fields = {} },
    { "events without end", { "JDWP-Handshake" .. event:rep(20) }, fields = {} },
    { "a text that leaves its packet", { "JDWP-Handshake" .. reply(0, "\0\0\1\0x") }, fields = { error = 0 } },
  },
})
