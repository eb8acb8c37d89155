-- SpamAssassin's spamd: a response line (SPAMC/SPAMD protocol).
return {
  protocol = "spamd", reference = "spamd PROTOCOL", ports = { 783 },
  starts = { "SPAMD/" },
  pattern = Ct("SPAMD/" * digit * "." * digit * " " * number("code", upto(6, digit, 1)) * " " * field("reason",
    line)),
  examples = { ["SPAMD/1.0 76 Bad header line: (EOF)\r\n"] = { code = 76, reason = "Bad header line: (EOF)" } },
  not_this = { "PING SPAMC/1.2\r\n" },
}
