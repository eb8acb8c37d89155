local behaves = require "spec.support.behaves"

local hello, asked = "\81\0\0\0\0\0\0\33", "\0\0\0\11securemote\0"

behaves("checkpoint", {
  { "a firewall", { { hello }, "Y\0\0\0", { asked }, "\0\0\0\37CN=gate1,O=mgmt.example.abcdef\0\0\0\0\0\0\0\0" },
    sent = hello .. asked, fields = { firewall = "gate1", management = "mgmt.example.abcdef" } },
  hostile = {
    { "our own bytes", { hello }, fields = {} },
    { "an answer of 4 GiB", { "Y\0\0\0\255\255\255\255" }, fields = {} },
    { "an answer without names", { "Y\0\0\0\0\0\0\4abcd" }, fields = {} },
  },
})
