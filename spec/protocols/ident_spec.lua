local behaves = require "spec.support.behaves"

behaves("ident", {
  { "an error of RFC 1413 section 6", { { "113, 1\r\n" }, "6195, 23 : ERROR : NO-USER\r\n" }, sent = "113, 1\r\n",
    fields = { error = "NO-USER" } },
  { "a server that knows everyone", { "113,1:USERID:UNIX:root\r\n" }, fields = { system = "UNIX" } },
  hostile = {
    { "a line that never ends", { (" "):rep(2000) }, outcome = "overflow", fields = {} },
    { "our own words", { "113, 1\r\n" }, fields = {} },
  },
})
