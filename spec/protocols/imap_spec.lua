local behaves = require "spec.support.behaves"

local asked, left = "a1 CAPABILITY\r\n", "a2 LOGOUT\r\n"

behaves("imap", {
  { "a server that says its capabilities in the greeting and again", {
    "* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Debian) ready.\r\n", { asked },
    "* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK Pre-login capabilities listed.\r\n", { left },
    "* BYE Logging out\r\na2 OK Logout completed.\r\n",
  }, sent = asked .. left, fields = {
    greeting = "OK", banner = "[CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Debian) ready.",
    capabilities = { "IMAP4rev1", "STARTTLS" },
  } },
  { "a server that answers after other news", {
    "* PREAUTH hello\r\n", { asked }, "* 3 EXISTS\r\n* CAPABILITY IMAP4rev2\r\na1 OK done\r\n",
  }, fields = { greeting = "PREAUTH", banner = "hello", capabilities = { "IMAP4rev2" } } },
  { "a server that says goodbye", { "* BYE overloaded\r\n" }, sent = "",
    fields = { greeting = "BYE", banner = "overloaded" } },
  { "a server that refuses", { "* OK hi\r\n", { asked }, "a1 BAD no\r\n" },
    fields = { greeting = "OK", banner = "hi" } },
  hostile = {
    { "news without end", { "* OK hi\r\n", { asked }, ("* 1 EXISTS\r\n"):rep(1000) } },
    { "a line that never ends", { "* OK " .. ("x"):rep(9000) }, outcome = "overflow", fields = {} },
    { "an answer with another tag", { "* OK hi\r\n", { asked }, "a7 OK\r\n" },
      fields = { greeting = "OK", banner = "hi" } },
  },
})
