local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local asked, starttls, quit = "VERSION\r\nCAP LS\r\nNICK\r\n", "STARTTLS\r\n", "QUIT\r\n"
local no_nickname = ":a.b 431 * :No nickname given\r\n"

behaves("irc", {
  { "a server that wants registration first, even for NICK", {
    { asked },
    ":irc.example NOTICE * :*** Looking up your hostname...\r\n:irc.example 451 * :You have not registered\r\n"
      .. ":irc.example 451 * CAP :You have not registered\r\n:irc.example 451 * NICK :You have not registered\r\n",
  }, sent = asked .. quit, fields = {
    host = "irc.example", notice = "*** Looking up your hostname...", code = 451,
  } },
  { "a server that answers, in more than one line", {
    "NOTICE AUTH :*** Checking Ident\r\n:a.b 351 * ngircd-26.1. a.b :TLS\r\n:a.b 005 * NETWORK=x :are supported\r\n",
    { asked }, ":a.b CAP * LS :multi-prefix\r\n" .. no_nickname,
  }, sent = asked .. quit, fields = {
    host = "a.b", notice = "*** Checking Ident", code = 351, version = "ngircd-26.1.", capabilities = { "multi-prefix" },
  } },
  { "a server that says nothing before registration but that there is no name", { { asked }, no_nickname },
    sent = asked .. quit, fields = { host = "a.b", code = 431 } },
  { "a server with TLS", {
    { asked }, ":a.b 451 * :You have not registered\r\n:a.b CAP * LS :multi-prefix tls sasl\r\n" .. no_nickname, { starttls },
    ":a.b 670 * :STARTTLS successful, go ahead with TLS handshake\r\n", { tls = { version = "TLSv1.3" } }, { quit },
  }, sent = asked .. starttls .. peer.HELLO .. quit, fields = {
    host = "a.b", code = 451, capabilities = { "multi-prefix", "tls", "sasl" }, starttls_code = 670,
  } },
  { "a server whose TLS is out of order", {
    ":a.b 451 * :No\r\n", { asked }, ":a.b CAP * LS :tls\r\n" .. no_nickname, { starttls }, ":a.b 691 * :STARTTLS failed\r\n",
  }, sent = asked .. starttls .. quit, fields = {
    host = "a.b", code = 451, capabilities = { "tls" }, starttls_code = 691,
  } },
  { "a server that throws us out", { "ERROR :Closing Link: 198.18.0.1 (Throttled)\r\n" }, sent = asked,
    fields = { error = "Closing Link: 198.18.0.1 (Throttled)" } },
  { "a server that pings first, and tires of us", { "PING :4711\r\n:a.b 451 x :No\r\n", { asked }, "ERROR :Bye\r\n" },
    sent = asked, fields = { host = "a.b", code = 451, error = "Bye" } },
  hostile = {
    { "words put before TLS", {
      ":a.b 451 * :No\r\n", { asked }, ":a.b CAP * LS :tls\r\n"
        .. no_nickname, { starttls }, ":a.b 670 * :Go\r\n:a.b 001 x :Hello\r\n",
      { tls = { version = "TLSv1.3" } },
    }, outcome = "tls" },
    { "notices without end", { ("NOTICE AUTH :x\r\n"):rep(80) }, fields = { notice = "x" } },
    { "a line that never ends", { ":" .. ("x"):rep(2000) }, outcome = "overflow", fields = {} },
    { "a line that is none of IRC's", { ":)\r\n" }, fields = {} },
  },
})
