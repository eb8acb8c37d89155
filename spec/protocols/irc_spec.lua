local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local version, cap, starttls, quit = "VERSION\r\n", "CAP LS\r\n", "STARTTLS\r\n", "QUIT\r\n"

behaves("irc", {
  { "a server that wants registration first", {
    { version },
    ":irc.example NOTICE * :*** Looking up your hostname...\r\n:irc.example 451 * :You have not registered\r\n",
    { cap }, ":irc.example 451 * CAP :You have not registered\r\n",
  }, sent = version .. cap .. quit, fields = {
    host = "irc.example", notice = "*** Looking up your hostname...", code = 451,
  } },
  { "a server that answers, in more than one line", {
    "NOTICE AUTH :*** Checking Ident\r\n:a.b 351 * ngircd-26.1. a.b :TLS\r\n:a.b 005 * NETWORK=x :are supported\r\n",
    { version .. cap },
    ":a.b CAP * LS :multi-prefix\r\n",
  }, fields = {
    host = "a.b", notice = "*** Checking Ident", code = 351, version = "ngircd-26.1.", capabilities = { "multi-prefix" },
  } },
  { "a server with TLS", {
    { version }, ":a.b 451 * :You have not registered\r\n", { cap }, ":a.b CAP * LS :multi-prefix tls sasl\r\n", { starttls },
    ":a.b 670 * :STARTTLS successful, go ahead with TLS handshake\r\n", { tls = { version = "TLSv1.3" } }, { quit },
  }, sent = version .. cap .. starttls .. peer.HELLO .. quit, fields = {
    host = "a.b", code = 451, capabilities = { "multi-prefix", "tls", "sasl" }, starttls_code = 670,
  } },
  { "a server whose TLS is out of order", {
    ":a.b 451 * :No\r\n", { version .. cap }, ":a.b CAP * LS :tls\r\n", { starttls }, ":a.b 691 * :STARTTLS failed\r\n",
  }, sent = version .. cap .. starttls .. quit, fields = {
    host = "a.b", code = 451, capabilities = { "tls" }, starttls_code = 691,
  } },
  { "a server that throws us out", { "ERROR :Closing Link: 198.18.0.1 (Throttled)\r\n" }, sent = version,
    fields = { error = "Closing Link: 198.18.0.1 (Throttled)" } },
  { "a server that pings first, and tires of us", { "PING :4711\r\n:a.b 451 x :No\r\n", { version .. cap }, "ERROR :Bye\r\n" },
    sent = version .. cap, fields = { host = "a.b", code = 451, error = "Bye" } },
  hostile = {
    { "words put before TLS", {
      ":a.b 451 * :No\r\n", { version .. cap }, ":a.b CAP * LS :tls\r\n", { starttls }, ":a.b 670 * :Go\r\n:a.b 001 x :Hello\r\n",
      { tls = { version = "TLSv1.3" } },
    }, outcome = "tls" },
    { "notices without end", { ("NOTICE AUTH :x\r\n"):rep(80) }, fields = { notice = "x" } },
    { "a line that never ends", { ":" .. ("x"):rep(2000) }, outcome = "overflow", fields = {} },
    { "a line that is none of IRC's", { ":)\r\n" }, fields = {} },
  },
})
