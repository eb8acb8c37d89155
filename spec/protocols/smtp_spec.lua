local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local ehlo, starttls, quit = "EHLO sonde.invalid\r\n", "STARTTLS\r\n", "QUIT\r\n"

behaves("smtp", {
  { "a server with extensions", {
    "220 mail.example ESMTP Postfix (Debian/GNU)\r\n", { "EHLO sonde.invalid\r\n" },
    "250-mail.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250 STARTTLS\r\n", { starttls },
    "220 2.0.0 Ready to start TLS\r\n", { tls = { version = "TLSv1.3" } }, { ehlo },
    "250-mail.example\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n", { quit }, "221 2.0.0 Bye\r\n",
  }, sent = ehlo .. starttls .. peer.HELLO .. ehlo .. quit, fields = {
    banner = "mail.example ESMTP Postfix (Debian/GNU)", code = 220, ehlo = "mail.example", ehlo_code = 250,
    extensions = { "PIPELINING", "SIZE 10240000", "STARTTLS" }, starttls_code = 220,
    tls_extensions = { "PIPELINING", "AUTH PLAIN" },
  } },
  { "a server that has no certificate after all", {
    "220 x\r\n", { ehlo }, "250-x\r\n250 starttls\r\n", { starttls }, "454 TLS not available\r\n", { quit },
    "221 Bye\r\n",
  }, sent = ehlo .. starttls .. quit, fields = {
    banner = "x", code = 220, ehlo = "x", ehlo_code = 250, extensions = { "starttls" }, starttls_code = 454,
  } },
  { "a greeting of several lines, no EHLO", {
    "220-mx.example ESMTP Exim 4.96\r\n220-no bulk mail\r\n220\r\n", { "EHLO sonde.invalid\r\n" },
    "502 unimplemented\r\n",
  }, fields = {
    banner = "mx.example ESMTP Exim 4.96\nno bulk mail\n", code = 220, ehlo = "unimplemented", ehlo_code = 502,
  } },
  { "a server that wants nothing from us", { "554 5.7.1 You are listed\r\n" }, sent = "",
    fields = { banner = "5.7.1 You are listed", code = 554 } },
  growing = { "banner" },
  hostile = {
    { "words put before TLS", {
      "220 x\r\n", { ehlo }, "250-x\r\n250 STARTTLS\r\n", { starttls }, "220 go\r\n250 injected\r\n",
      { tls = { version = "TLSv1.3" } },
    }, outcome = "tls", fields = {
      banner = "x", code = 220, ehlo = "x", ehlo_code = 250, extensions = { "STARTTLS" }, starttls_code = 220,
    } },
    { "TLS that does not come up", {
      "220 x\r\n", { ehlo }, "250-x\r\n250 STARTTLS\r\n", { starttls }, "220 go\r\n", { tls = "no TLS" },
    }, outcome = "tls" },
    { "a greeting that never ends", { ("220-more\r\n"):rep(1000) } },
    { "extensions that never end", { "220 x\r\n", { "EHLO sonde.invalid\r\n" }, ("250-A\r\n"):rep(1000) } },
    { "a line that never ends", { "220 " .. ("x"):rep(9000) }, outcome = "overflow", fields = {} },
  },
})
