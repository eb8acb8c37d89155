local behaves = require "spec.support.behaves"

local asked = "AMQP\0\1\0\0"

behaves("amqp1", {
  { "a server that speaks it", { { asked }, asked }, sent = asked,
    fields = { protocol_version = "1.0.0", accepted = true, layer = "AMQP" } },
  { "a server that wants SASL first", { "AMQP\3\1\0\0" },
    fields = { protocol_version = "1.0.0", accepted = false, layer = "SASL" } },
  { "a server of 0-9-1", { "AMQP\0\0\9\1" }, fields = { protocol_version = "0.9.1", accepted = false, layer = "AMQP" } },
  hostile = { { "a header of another protocol", { "AMPQ\0\1\0\0" }, fields = {} } },
})
