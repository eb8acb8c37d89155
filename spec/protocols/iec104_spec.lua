local behaves = require "spec.support.behaves"

local asked, confirmed = "h\4\67\0\0\0", "h\4\131\0\0\0"

behaves("iec104", {
  { "a station", { { asked }, confirmed }, sent = asked, fields = { confirmed = true } },
  { "a station that tests us as well", { "h\4\1\0\0\0" .. confirmed }, fields = { confirmed = true } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "frames without end", { ("h\4\1\0\0\0"):rep(20) }, fields = {} },
    { "a frame of no length", { "h\0" }, fields = {} },
    { "a greeting", { "hello, who are you?" }, outcome = "timeout", fields = {} },
  },
})
