local behaves = require "spec.support.behaves"

local asked = "\3\0\0\9\8\2\23\112\117"

behaves("h323", {
  { "a gateway that knows no such call", { { asked }, "\3\0\0\19\8\2\151\112\125\8\2\128\229\20\1\0\126\0\0" },
    sent = asked, fields = { message = 125, cause = 101 } },
  { "one that releases it", { "\3\0\0\17\8\2\151\112\90\161\126\0\4abcd" }, fields = { message = 90 } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a packet of 64 kB", { "\3\0\255\255" }, fields = {} },
    { "a packet that is too short", { "\3\0\0\8\8\2\151\112" }, fields = {} },
    { "an element that leaves the packet", { "\3\0\0\12\8\2\151\112\90\8\9\1" }, fields = { message = 90 } },
  },
})
