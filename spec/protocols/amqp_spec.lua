local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local asked = "AMQP\0\0\9\1"

local function frame(payload, kind)
  return wire.pack(">B I2 I4", kind or 1, 0, #payload) .. payload .. "\206"
end

local function start(properties, mechanisms)
  return frame(wire.pack(">I2 I2 B B s4 s4 s4", 10, 10, 0, 9, properties, mechanisms, "en_US"))
end

local function entry(name, kind, value)
  return wire.pack("s1", name) .. kind .. value
end

local function words(name, value) return entry(name, "S", wire.pack(">s4", value)) end

local properties = entry("capabilities", "F", wire.pack(">s4", entry("publisher_confirms", "t", "\1"))) ..
  words("cluster_name", "rabbit@host") .. entry("count", "I", "\0\0\0\7") .. entry("since", "T", ("\0"):rep(8)) ..
  words("platform", "Erlang/OTP 25.2.3") .. words("product", "RabbitMQ") .. words("version", "3.10.8")

behaves("amqp", {
  { "a RabbitMQ server", { { asked }, start(properties, "PLAIN AMQPLAIN") }, sent = asked, fields = {
    protocol_version = "0.9", product = "RabbitMQ", version = "3.10.8", platform = "Erlang/OTP 25.2.3",
    cluster_name = "rabbit@host", mechanisms = { "PLAIN", "AMQPLAIN" }, locales = "en_US",
  } },
  { "a server without properties", { { asked }, start("", "") },
    fields = { protocol_version = "0.9", locales = "en_US" } },
  { "a server that wants another version", { { asked }, "AMQP\3\1\0\0" }, fields = { protocol_version = "1.0.0" } },
  hostile = {
    { "a frame of 4 GiB", { "\1\0\0\255\255\255\255\0" }, fields = {} },
    { "an empty frame", { "\1\0\0\0\0\0\0\206" }, fields = {} },
    { "a frame without its end", { start(properties, "PLAIN"):sub(1, -2) .. "x" }, fields = {} },
    { "properties that leave the frame", { frame(wire.pack(">I2 I2 B B I4", 10, 10, 0, 9, 0xFFFFFFFF)) },
      fields = { protocol_version = "0.9" } },
    { "a value that leaves the properties", { start(entry("a", "S", "\0\0\1\0"), "PLAIN") } },
    { "a value of unknown type", { start(entry("a", "?", "x") .. words("product", "x"), "PLAIN") } },
    { "properties of a wrong type", { start(entry("product", "t", "\1"), "PLAIN") }, outcome = "done",
      fields = { protocol_version = "0.9", mechanisms = { "PLAIN" }, locales = "en_US" } },
    { "a thousand properties", { start(entry("a", "V", ""):rep(1000) .. words("product", "x"), "PLAIN") },
      outcome = "done", fields = { protocol_version = "0.9", mechanisms = { "PLAIN" }, locales = "en_US" } },
    { "another method", { frame(wire.pack(">I2 I2 B B", 10, 30, 0, 9)) }, fields = {} },
  },
})
