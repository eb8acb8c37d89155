local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

behaves("pop3", {
  { "a server with capabilities", {
    "+OK Dovecot (Debian) ready.\r\n", { "CAPA\r\n" }, "+OK\r\nCAPA\r\nTOP\r\nSASL PLAIN\r\n.\r\n", { "QUIT\r\n" },
    "+OK Logging out\r\n",
  }, sent = "CAPA\r\nQUIT\r\n",
    fields = { banner = "Dovecot (Debian) ready.", ready = true, capabilities = { "CAPA", "TOP", "SASL PLAIN" } } },
  { "a server with TLS", {
    "+OK ready\r\n", { "CAPA\r\n" }, "+OK\r\nSTLS\r\n.\r\n", { "STLS\r\n" }, "+OK begin\r\n",
    { tls = { version = "TLSv1.2" } }, { "CAPA\r\n" }, "+OK\r\nUSER\r\n.\r\n", { "QUIT\r\n" },
  }, sent = "CAPA\r\nSTLS\r\n" .. peer.HELLO .. "CAPA\r\nQUIT\r\n", fields = {
    banner = "ready", ready = true, capabilities = { "STLS" }, stls = true, tls_capabilities = { "USER" },
  } },
  { "an old server", { "+OK POP3 <1896.697170952@mail.example>\r\n", { "CAPA\r\n" }, "-ERR unknown command\r\n" },
    sent = "CAPA\r\nQUIT\r\n", fields = { banner = "POP3 <1896.697170952@mail.example>", ready = true } },
  { "a server that is closed", { "-ERR try later\r\n" }, sent = "", fields = { banner = "try later", ready = false } },
  hostile = {
    { "words put before TLS", {
      "+OK x\r\n", { "CAPA\r\n" }, "+OK\r\nSTLS\r\n.\r\n", { "STLS\r\n" }, "+OK\r\n+OK injected\r\n",
      { tls = { version = "TLSv1.2" } },
    }, outcome = "tls", fields = { banner = "x", ready = true, capabilities = { "STLS" }, stls = true } },
    { "capabilities that never end", { "+OK\r\n", { "CAPA\r\n" }, "+OK\r\n" .. ("TOP\r\n"):rep(1000) } },
    { "a line that never ends", { "+OK " .. ("x"):rep(9000) }, outcome = "overflow", fields = {} },
    { "a status of Redis", { "+PONG\r\n" } },
  },
})
