local behaves = require "spec.support.behaves"

behaves("socks5", {
  { "an open proxy", { { "\5\1\0" }, "\5\0" }, sent = "\5\1\0", fields = { method = 0, open = true } },
  { "a proxy with a login", { "\5\255" }, fields = { method = 255, open = false } },
  hostile = { { "another version", { "\4\0" }, fields = {} } },
})
