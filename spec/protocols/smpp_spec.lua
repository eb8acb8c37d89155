local behaves = require "spec.support.behaves"

local asked = "\0\0\0\16\0\0\0\21\0\0\0\0\0\0\0\1"

behaves("smpp", {
  { "a message centre", { { asked }, "\0\0\0\16\128\0\0\21\0\0\0\0\0\0\0\1" }, sent = asked,
    fields = { command = "enquire_link_resp", status = 0 } },
  { "one that wants a bind first", { "\0\0\0\16\128\0\0\0\0\0\0\4\0\0\0\1" }, fields = { command = "generic_nack", status = 4 } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a message of 4 GiB", { "\255\255\255\255\128\0\0\21\0\0\0\0\0\0\0\1" }, fields = {} },
    { "another answer", { "\0\0\0\16\128\0\0\9\0\0\0\0\0\0\0\1" }, fields = {} },
  },
})
