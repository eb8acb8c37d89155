local behaves = require "spec.support.behaves"

behaves("newlines", {
  { "a server that complains", { { "\r\n\r\n" }, "500 what?\r\n" }, fields = {}, sent = "\r\n\r\n" },
  wrong = "done",
})

behaves("newlines50", {
  { "a server that complains", { { ("\n"):rep(50) }, "500 what?\r\n" }, fields = {}, sent = ("\n"):rep(50) },
  wrong = "done",
})
