local behaves = require "spec.support.behaves"

local VERSION = "\8\132\134\4\18\5" .. "1.3.4\26\3X11\34\9Example 9"

behaves("mumble", {
  { "a server", { "\0\0\0\0\0\27" .. VERSION }, sent = "",
    fields = { release = "1.3.4", protocol_version = "1.3.4", os = "X11", os_version = "Example 9" } },
  { "one with the longer version", { "\0\0\0\0\0\8\40\128\128\128\128\192\128\64" }, fields = { protocol_version = "1.4.0" } },
  hostile = {
    { "another message first", { "\0\3\0\0\0\0" }, fields = {} },
    { "a message too long", { "\0\0\0\1\0\0" }, fields = {} },
    { "a text longer than the message", { "\0\0\0\0\0\3\18\9a" }, fields = {} },
    { "a number that never ends", { "\0\0\0\0\0\12\8" .. ("\255"):rep(11) }, fields = {} },
    { "an empty message", { "\0\0\0\0\0\0" }, fields = {} },
  },
})
