local behaves = require "spec.support.behaves"

behaves("time", {
  { "a server", { "\233\60\112\128" }, sent = "", fields = { unix_time = 1704063488 } },
  hostile = { { "1970 (RFC 868's own example of a number)", { "\131\170\126\128" }, fields = {} } },
})
