local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local asked = "AMQP\3\1\0\0"
local function frame(body) return wire.pack(">I4 B B x2", #body + 8, 2, 1) .. body end

behaves("amqp1", {
  { "a server with mechanisms", { { asked }, asked .. frame "\0\83\64\192\24\1\224\21\2\163\14SCRAM-SHA-1234\5PLAIN" },
    sent = asked, fields = { protocol_version = "1.0.0", layer = "SASL", mechanisms = { "SCRAM-SHA-1234", "PLAIN" } } },
  { "a server with one mechanism, in the long forms", {
    asked .. frame "\0\83\64\208\0\0\0\17\0\0\0\1\179\0\0\0\9ANONYMOUS",
  }, fields = { protocol_version = "1.0.0", layer = "SASL", mechanisms = { "ANONYMOUS" } } },
  { "a server that wants no SASL", { "AMQP\0\1\0\0" }, fields = { protocol_version = "1.0.0", layer = "AMQP" } },
  { "a server that wants TLS", { "AMQP\2\1\0\0" }, fields = { protocol_version = "1.0.0", layer = "TLS" } },
  { "a server of 0-9-1", { "AMQP\0\0\9\1" }, fields = { protocol_version = "0.9.1", layer = "AMQP" } },
  hostile = {
    { "a header of another protocol", { "AMPQ\0\1\0\0" }, fields = {} },
    { "an echo that goes on", { asked .. asked }, fields = { protocol_version = "1.0.0", layer = "SASL" } },
    { "a frame of 4 GiB", { asked .. "\255\255\255\255\2\1\0\0" } },
    { "an array of 255 of nothing", { asked .. frame "\0\83\64\192\3\1\224\2\255\163" } },
    { "a symbol that leaves its frame", { asked .. frame "\0\83\64\192\3\1\163\99ab" } },
    { "a value that is no symbol", { asked .. frame "\0\83\64\192\3\1\112\0\0" } },
  },
})
