local behaves = require "spec.support.behaves"

behaves("banner", {
  { "a server that says something", { "hello there\r\nmore\r\n" }, sent = "", fields = { line = "hello there" } },
  { "a prompt that waits for more", { "login: " }, outcome = "timeout", fields = { line = "login: " } },
  { "a word without an end, and the end", { "bye" }, options = { ending = "close" }, fields = { line = "bye" } },
  { "noise", { ("x"):rep(2000) }, fields = { line = ("x"):rep(512) } },
  growing = { "line" },
  wrong = "done",
})
