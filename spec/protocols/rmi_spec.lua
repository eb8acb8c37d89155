local behaves = require "spec.support.behaves"

local asked = "JRMI\0\2K"

behaves("rmi", {
  { "a registry", { { asked }, "N\0\010198.18.0.1\0\0\134\146" }, sent = asked,
    fields = { supported = true, seen_host = "198.18.0.1", seen_port = 34450 } },
  { "a server of another kind of connection", { "O" }, fields = { supported = false } },
  hostile = {
    { "an address of 64 kB", { "N\255\255" }, fields = {} },
    { "an address that is none", { "N\0\2\0\1\0\0\0\1" }, fields = {} },
    { "a port that is none", { "N\0\2ab\255\0\0\1" }, fields = {} },
    { "a word", { "NO, thank you" }, fields = {} },
  },
})
