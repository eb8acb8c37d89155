local behaves = require "spec.support.behaves"

local asked = "\6\0\255\6\0\0\17\190\128\1\0\0"

behaves("ipmi", {
  { "a controller", { { asked }, "\6\0\255\6\0\0\17\190\64\1\0\16\0\0\17\190\0\0\0\0\129\0\0\0\0\0\0\0" }, sent = asked,
    fields = { ipmi = true, asf_version = 1, enterprise = 4542, interactions = 0 } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a pong of another length", { "\6\0\255\6\0\0\17\190\64\1\0\255" }, fields = {} },
  },
})
