local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

behaves("nntp", {
  { "the server of RFC 3977 section 5.2.3", {
    "200 NNTP Service Ready, posting permitted\r\n", { "CAPABILITIES\r\n" },
    "101 Capability list:\r\nVERSION 2\r\nREADER\r\nIMPLEMENTATION INN 2.7.0\r\nLIST ACTIVE NEWSGROUPS\r\n.\r\n", { "QUIT\r\n" },
  }, sent = "CAPABILITIES\r\nQUIT\r\n", fields = {
    code = 200, banner = "NNTP Service Ready, posting permitted", implementation = "INN 2.7.0",
    capabilities = { "VERSION 2", "READER", "IMPLEMENTATION INN 2.7.0", "LIST ACTIVE NEWSGROUPS" },
  } },
  { "the server of RFC 4642 section 2.3", {
    "200 hi\r\n", { "CAPABILITIES\r\n" }, "101 List\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n", { "STARTTLS\r\n" },
    "382 Continue with TLS negotiation\r\n", { tls = { version = "TLSv1.2" } }, { "CAPABILITIES\r\n" },
    "101 List\r\nAUTHINFO USER\r\n.\r\n", { "QUIT\r\n" },
  }, sent = "CAPABILITIES\r\nSTARTTLS\r\n" .. peer.HELLO .. "CAPABILITIES\r\nQUIT\r\n", fields = {
    code = 200, banner = "hi", capabilities = { "VERSION 2", "STARTTLS" }, starttls_code = 382,
    tls_capabilities = { "AUTHINFO USER" },
  } },
  { "a server that has no capabilities", { "201 Leafnode\r\n", { 14 }, "500 Unknown command\r\n" },
    fields = { code = 201, banner = "Leafnode" } },
  { "a server that refuses", { "502 Not for you\r\n" }, sent = "", fields = { code = 502, banner = "Not for you" } },
  hostile = {
    { "words put before TLS", {
      "200 x\r\n", { "CAPABILITIES\r\n" }, "101 x\r\nSTARTTLS\r\n.\r\n", { "STARTTLS\r\n" },
      "382 go\r\n200 injected\r\n", { tls = { version = "TLSv1.2" } },
    }, outcome = "tls" },
    { "capabilities without end", { "200 x\r\n101 x\r\n" .. ("READER\r\n"):rep(100) } },
    { "a greeting of another kind", { "220 ready\r\n" }, fields = {} },
    { "a line that never ends", { "200 " .. ("x"):rep(5000) }, outcome = "overflow", fields = {} },
  },
})
