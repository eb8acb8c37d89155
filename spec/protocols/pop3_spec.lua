local behaves = require "spec.support.behaves"

behaves("pop3", {
  { "a server with capabilities", {
    "+OK Dovecot (Debian) ready.\r\n", { "CAPA\r\n" }, "+OK\r\nCAPA\r\nTOP\r\nSASL PLAIN\r\n.\r\n", { "QUIT\r\n" },
    "+OK Logging out\r\n",
  }, sent = "CAPA\r\nQUIT\r\n",
    fields = { banner = "Dovecot (Debian) ready.", ready = true, capabilities = { "CAPA", "TOP", "SASL PLAIN" } } },
  { "an old server", { "+OK POP3 <1896.697170952@mail.example>\r\n", { "CAPA\r\n" }, "-ERR unknown command\r\n" },
    sent = "CAPA\r\nQUIT\r\n", fields = { banner = "POP3 <1896.697170952@mail.example>", ready = true } },
  { "a server that is closed", { "-ERR try later\r\n" }, sent = "", fields = { banner = "try later", ready = false } },
  hostile = {
    { "capabilities that never end", { "+OK\r\n", { "CAPA\r\n" }, "+OK\r\n" .. ("TOP\r\n"):rep(1000) } },
    { "a line that never ends", { "+OK " .. ("x"):rep(9000) }, outcome = "overflow", fields = {} },
    { "a status of Redis", { "+PONG\r\n" } },
  },
})
