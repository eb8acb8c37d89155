local behaves = require "spec.support.behaves"

local asked = "\4\0\0\0\0\0\0\0\0"

behaves("socks4", {
  { "a proxy that rejects", { { asked }, "\0\91\0\0\0\0\0\0" }, sent = asked, fields = { code = 91 } },
  hostile = { { "our own bytes", { asked }, fields = {} }, { "a code that is none", { "\0\94\0\0\0\0\0\0" }, fields = {} } },
})
