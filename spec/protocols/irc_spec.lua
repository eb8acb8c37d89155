local behaves = require "spec.support.behaves"

behaves("irc", {
  { "a server that wants registration first", {
    { "VERSION\r\n" },
    ":irc.example NOTICE * :*** Looking up your hostname...\r\n:irc.example 451 * :You have not registered\r\n",
  }, sent = "VERSION\r\nQUIT\r\n", fields = {
    host = "irc.example", notice = "*** Looking up your hostname...", code = 451,
  } },
  { "a server that answers", { "NOTICE AUTH :*** Checking Ident\r\n:a.b 351 * ngircd-26.1. a.b :TLS\r\n" },
    fields = { host = "a.b", notice = "*** Checking Ident", code = 351, version = "ngircd-26.1." } },
  { "a server that throws us out", { "ERROR :Closing Link: 198.18.0.1 (Throttled)\r\n" }, sent = "VERSION\r\n",
    fields = { error = "Closing Link: 198.18.0.1 (Throttled)" } },
  { "a server that pings first", { "PING :4711\r\n:a.b 451 x :No\r\n" }, fields = { host = "a.b", code = 451 } },
  hostile = {
    { "notices without end", { ("NOTICE AUTH :x\r\n"):rep(40) }, outcome = "done", fields = { notice = "x" } },
    { "a line that never ends", { ":" .. ("x"):rep(2000) }, outcome = "overflow", fields = {} },
    { "a line that is none of IRC's", { ":)\r\n" }, fields = {} },
  },
})
