-- IMAP greetings and replies (RFC 9051 section 7.1), untagged or to a tag that is not ours.
local release = digit * (alnum + S ".-+_") ^ 0
local product = Ct(find({ "Dovecot", "Cyrus", "Courier-IMAP", "Microsoft Exchange", "Domino", "Zimbra", "MailEnable",
  "MDaemon", "Kerio Connect", "hMailServer", "CommuniGate Pro", "Gimap", "UW" }, any, "product")
  * ((find { "version", "release", "imap4", "imap" } ^ -1) * S " :" ^ 0 * S "vV" ^ -1 * field("version", release)) ^ -1)
local state = P "OK" + "PREAUTH" + "BYE" + "BAD" + "NO"
local spoken = I "ok" + I "preauth" + I "bye" + I "bad" + I "no"

return {
  protocol = "imap", reference = "RFC 9051", ports = { 143, 993 },
  starts = { "*", "GET BAD", "+ ", "BAD ", alnum ^ 1 * (P " BAD " + " NO " + " OK ") }, first = alnum + S "*+",
  pattern = describe(Ct("* " * state * " " * field("banner", line)
    + #P "* CAPABILITY IMAP" * "* CAPABILITY" * Cg(Ct((" " * C(token)) ^ 1), "capabilities")
    + (alnum ^ 1 - "GET") * (P " BAD " + " NO ") * #find({ "command", "imap", "syntax", "argument", "protocol",
      "tag", "auth", "login" }, 1 - S "\r\n") * field("banner", line)
    + "GET BAD " * field("banner", line)), "banner", product),
  maybe = P "* " * state * (crlf + eos),
  weak = "*" * sp * spoken * (S " \r\n" + eos) + alnum ^ 1 * (P " BAD " + " NO " + " OK ")
    + "* " * (digits * " " * alpha + R "AZ" ^ 4 * S " \r")
    + "BAD " * printable + "+ " * spoken,
  examples = {
    ["* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Ubuntu) ready.\r\n"] = {
      banner = "[CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Ubuntu) ready.", product = "Dovecot", vendor = "dovecot",
      cpe = "dovecot:dovecot", os = "Ubuntu",
    },
    ["* BAD Error in IMAP command received by server.\r\n"] = {
      banner = "Error in IMAP command received by server.",
    },
    ["* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\na1 OK done\r\n"] = { capabilities = { "IMAP4rev1", "IDLE", "AUTH=PLAIN" } },
    ["* BYE Disconnected for inactivity.\r\n"] = true,
    ["GET BAD Unknown command\r\n"] = true,
  },
  maybe_examples = {
    "* OK\r\n", "a3 OK done\r\n", "* FLAGS (x)\r\n", "* 3 EXISTS\r\n", "* BYE", "* ok ready\r\n", "*OK ready\r\n",
    "x1 BAD what?\r\n", "BAD Invalid tag\r\n",
  },
  not_this = { "a1 CAPABILITY\r\n", "* 1 EXISTS\r\n", "HTTP/1.1 400 BAD REQUEST\r\n" },
}
