-- SMTP greetings, replies and errors (RFC 5321 section 4.2; enhanced codes RFC 3463).
local release = digit * (alnum + S ".-+_") ^ 0
local product = Ct(find({ "Postfix", "Exim", "Sendmail", "Microsoft ESMTP", "Microsoft SMTP", "Microsoft Exchange",
  "MDaemon", "MailEnable", "CommuniGate Pro", "Kerio Connect", "Lotus Domino", "GroupWise", "qmail", "OpenSMTPD",
  "MailSite", "Mercury/32", "IceWarp", "Zimbra", "Haraka", "hMailServer", "PowerMTA", "ecelerity", "SubEthaSMTP",
  "Barracuda", "Courier", "Axigen", "SLMail" }, any, "product")
  * (find({ "version", "release" }, 1 - S ";") ^ -1 * S " (:/" ^ 0 * S "vV" ^ -1 * field("version", release)) ^ -1)
local words = { "exim", "mdaemon", "groupwise", "mail", "mx.", "mx1", "mx0", "mta", "lotus domino" }
local open = (P "220" + "421" + "554" + "521") * S " -"
local greeting = #(open * find({ "smtp", "postfix", "exim 4", "sendmail" }, 1 - S "\n"))
  + (#(open * find(words, 1 - S "\n")) - open * find { "ftp", "lmtp" })
local enhanced = S "245" * "." * digit * "." * digits * " "
local class = S "245" * S "0235" * digit
local reply = #(class * S " -" * enhanced)
  + #(S "45" * S "0235" * digit * S " -" * find({ "helo", "ehlo", "mail from", "smtp", "mail command", "polite" },
    1 - S "\r\n"))
  + #(P "221" * S " -" * find({ "closing transmission", "closing connection", "can break rules" }, 1 - S "\r\n"))
  + #(P "250-" * line * crlf * "250" * S " -" * (I "size" + I "pipelining" + I "8bitmime" + I "starttls" + I "help"))
local code = P "220" + "250" + "221" + "421" + "451" + "450" + "500" + "501" + "502" + "503" + "521" + "550" + "554"
local banner = P(3) * S " -" * field("banner", line)

return {
  protocol = "smtp", reference = "RFC 5321", ports = { 25, 26, 465, 587, 2525 },
  starts = { "22", "25", "42", "45", "50", "52", "55" },
  pattern = describe(Ct((greeting + reply) * banner), "banner", product),
  maybe = Ct(#code * (banner + P(3) * crlf)),
  examples = {
    ["220 mail.example ESMTP Postfix (Debian/GNU)\r\n"] = {
      banner = "mail.example ESMTP Postfix (Debian/GNU)", product = "Postfix", vendor = "postfix",
      cpe = "postfix:postfix", os = "Debian",
    },
    ["220 mx.example ESMTP Exim 4.97 Mon, 01 Jan 2024 00:00:00 +0000\r\n"] = {
      banner = "mx.example ESMTP Exim 4.97 Mon, 01 Jan 2024 00:00:00 +0000", product = "Exim", version = "4.97",
      vendor = "exim", cpe = "exim:exim",
    },
    ["502 5.5.2 Error: command not recognized\r\n"] = { banner = "5.5.2 Error: command not recognized" },
    ["554 5.7.1 Access denied\r\n"] = true,
    ["503 Error: send HELO first\r\n"] = true,
    ["221 2.7.0 Error: I can break rules, too. Goodbye.\r\n"] = true,
    ["250-mx.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"] = true,
  },
  maybe_examples = { "220 Ready.\r\n", "250\r\n", "421 Service not available\r\n" },
  not_this = { "220 (vsFTPd 3.0.5)\r\n", "EHLO sonde.example\r\n", "220 ProFTPD Server (mail.example)\r\n" },
}
