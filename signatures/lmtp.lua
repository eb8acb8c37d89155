-- LMTP: greetings that say so (RFC 2033).
local greeting = (P "220" + "421" + "450" + "554") * S " -" * find({ "lmtp" }, 1 - S "\r\n")

return {
  protocol = "lmtp", reference = "RFC 2033", ports = { 24 }, over = { "smtp", "ftp" },
  starts = { greeting }, first = "245",
  pattern = Ct(#greeting * P(4) * field("banner", line)),
  examples = { ["220 mail.example LMTP Dovecot ready\r\n"] = { banner = "mail.example LMTP Dovecot ready" } },
  not_this = { "220 mail.example ESMTP\r\n" },
}
