local behaves = require "spec.support.behaves"

behaves("echo", {
  { "a server", { { 10 }, function(sent) return sent end }, fields = {} },
  hostile = { { "another word", { { 10 }, "12345678\r\n" }, fields = {} } },
})
