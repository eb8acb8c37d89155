local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"
local pack = wire.pack

local asked = pack(">I4 I4 I4 I4 I4 I4 I4", 1, 19, 3, 1, 0, 4, 0) .. pack(">I4 I4 I4 I4 I4", 10, 1, 0, 3, 2) ..
  "\255\255\128\11" .. pack(">I4 I4 I4 I4", 1, 0, 3, 4) .. "\255\255\128\12" .. pack(">I4 I4 I4 I4", 1, 0, 3, 6) ..
  "\255\255\128\13" .. pack(">I4 I4 I4 I4", 1, 0, 3, 8)

behaves("firebird", {
  { "a server of version 2", { { asked }, "\0\0\0\3\255\255\128\12\0\0\0\1\0\0\0\3", { "\0\0\0\6" } },
    sent = asked .. "\0\0\0\6",
    fields = { answer = "accept", protocol_version = 12, architecture = 1, accept_type = 3 } },
  { "a server of version 3", { "\0\0\0\94\255\255\128\13\0\0\0\1\0\0\0\3" .. pack(">I4 s4 c3 I4 I4", 0, "Srp", "", 0, 0) },
    fields = { answer = "accept", protocol_version = 13, architecture = 1, accept_type = 3, plugin = "Srp" } },
  { "a server of version 3 that wants a login first", { { asked }, "\0\0\0\92" .. ("\0"):rep(16), { "\0\0\0\6" } },
    sent = asked .. "\0\0\0\6", fields = { answer = "continue" } },
  { "one that says which", { "\0\0\0\92\0\0\0\0\0\0\0\3Srp\0" }, fields = { answer = "continue", plugin = "Srp" } },
  { "a server that speaks none of these", { "\0\0\0\4" }, sent = asked, fields = { answer = "reject" } },
  { "a server that says why not", { pack(">I4 I4 c8 I4 I4 I4", 9, 0, "", 0, 1, 335545106) }, sent = asked,
    fields = { answer = "error", error = 335545106 } },
  hostile = {
    { "a name of 4 GiB", { "\0\0\0\98\255\255\128\13\0\0\0\1\0\0\0\3\0\0\0\0\255\255\255\255" } },
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a version that is none", { "\0\0\0\3\0\0\0\2\0\0\0\1\0\0\0\3" }, fields = {} },
    { "another message", { "\0\0\0\99" }, fields = {} },
  },
})
