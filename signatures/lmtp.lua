-- LMTP: greetings that say so (RFC 2033).
local greeting = "220" * S " -" * find({ "lmtp" }, 1 - S "\r\n")

return {
  protocol = "lmtp", reference = "RFC 2033", ports = { 24 }, over = { "smtp", "ftp" },
  starts = { greeting }, first = "2",
  pattern = Ct(#greeting * P(4) * field("banner", line)),
  examples = { ["220 mail.example LMTP Dovecot ready\r\n"] = { banner = "mail.example LMTP Dovecot ready" } },
  not_this = { "220 mail.example ESMTP\r\n" },
}
