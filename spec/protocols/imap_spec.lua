local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local asked, starttls = "a1 CAPABILITY\r\n", "a2 STARTTLS\r\n"

behaves("imap", {
  { "a server that says its capabilities in the greeting and again", {
    "* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Debian) ready.\r\n", { asked },
    "* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK Pre-login capabilities listed.\r\n", { starttls },
    "a2 OK Begin TLS negotiation now.\r\n", { tls = { version = "TLSv1.3" } }, { "a3 CAPABILITY\r\n" },
    "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na3 OK\r\n", { "a4 LOGOUT\r\n" },
    "* BYE Logging out\r\na4 OK Logout completed.\r\n",
  }, sent = asked .. starttls .. peer.HELLO .. "a3 CAPABILITY\r\na4 LOGOUT\r\n", fields = {
    greeting = "OK", banner = "[CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Debian) ready.",
    capabilities = { "IMAP4rev1", "STARTTLS" }, starttls = "OK", tls_capabilities = { "IMAP4rev1", "AUTH=PLAIN" },
  } },
  { "a server that offers TLS and has none", {
    "* OK [CAPABILITY STARTTLS] hi\r\n", { asked }, "a1 OK\r\n", { starttls }, "a2 NO not now\r\n",
    { "a3 LOGOUT\r\n" },
  }, fields = {
    greeting = "OK", banner = "[CAPABILITY STARTTLS] hi", capabilities = { "STARTTLS" }, starttls = "NO",
  } },
  { "a server that answers after other news", {
    "* PREAUTH hello\r\n", { asked }, "* 3 EXISTS\r\n* CAPABILITY IMAP4rev2\r\na1 OK done\r\n",
  }, fields = { greeting = "PREAUTH", banner = "hello", capabilities = { "IMAP4rev2" } } },
  { "a server that says goodbye", { "* BYE overloaded\r\n" }, sent = "",
    fields = { greeting = "BYE", banner = "overloaded" } },
  { "a server that refuses", { "* OK hi\r\n", { asked }, "a1 BAD no\r\n" },
    fields = { greeting = "OK", banner = "hi" } },
  hostile = {
    { "words put before TLS", {
      "* OK [CAPABILITY STARTTLS] hi\r\n", { asked }, "a1 OK\r\n", { starttls }, "a2 OK\r\n* CAPABILITY injected\r\n",
      { tls = { version = "TLSv1.3" } },
    }, outcome = "tls", fields = {
      greeting = "OK", banner = "[CAPABILITY STARTTLS] hi", capabilities = { "STARTTLS" }, starttls = "OK",
    } },
    { "news without end", { "* OK hi\r\n", { asked }, ("* 1 EXISTS\r\n"):rep(1000) } },
    { "a line that never ends", { "* OK " .. ("x"):rep(9000) }, outcome = "overflow", fields = {} },
    { "an answer with another tag", { "* OK hi\r\n", { asked }, "a7 OK\r\n" },
      fields = { greeting = "OK", banner = "hi" } },
  },
})
