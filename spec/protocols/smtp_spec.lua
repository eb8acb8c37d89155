local behaves = require "spec.support.behaves"

behaves("smtp", {
  { "a server with extensions", {
    "220 mail.example ESMTP Postfix (Debian/GNU)\r\n", { "EHLO sonde.invalid\r\n" },
    "250-mail.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250 STARTTLS\r\n", { "QUIT\r\n" }, "221 2.0.0 Bye\r\n",
  }, sent = "EHLO sonde.invalid\r\nQUIT\r\n", fields = {
    banner = "mail.example ESMTP Postfix (Debian/GNU)", code = 220, ehlo = "mail.example", ehlo_code = 250,
    extensions = { "PIPELINING", "SIZE 10240000", "STARTTLS" },
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
    { "a greeting that never ends", { ("220-more\r\n"):rep(1000) } },
    { "extensions that never end", { "220 x\r\n", { "EHLO sonde.invalid\r\n" }, ("250-A\r\n"):rep(1000) } },
    { "a line that never ends", { "220 " .. ("x"):rep(9000) }, outcome = "overflow", fields = {} },
  },
})
