local behaves = require "spec.support.behaves"

behaves("ajp", {
  { "a servlet container", { { "\18\52\0\1\10" }, "AB\0\1\9" }, sent = "\18\52\0\1\10", fields = { pong = true } },
  hostile = { { "our own bytes", { "\18\52\0\1\10" }, fields = {} } },
})
