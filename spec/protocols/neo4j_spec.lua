local behaves = require "spec.support.behaves"

local asked = "\96\96\176\23\0\8\8\5\0\4\4\4\0\0\1\4\0\0\0\3"

behaves("neo4j", {
  { "a server of version 4", { { asked }, "\0\0\4\4" }, sent = asked, fields = { agreed = true, protocol_version = "4.4" } },
  { "a server that knows none of ours", { "\0\0\0\0" }, fields = { agreed = false } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a version that is none", { "\0\0\0\200" }, fields = {} },
  },
})
