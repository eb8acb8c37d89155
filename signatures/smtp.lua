-- SMTP greetings, replies and errors (RFC 5321 section 4.2; enhanced codes RFC 3463).
local release = digit * (alnum + S ".-+_") ^ 0
-- a host may be called after its software, or after another
local host = (1 - S " .") ^ 1 * "." * (1 - S " ") ^ 1
local product = Ct(host ^ -1 * find({ "Postfix", "Exim", "Sendmail", "Microsoft ESMTP", "Microsoft SMTP", "Microsoft Exchange",
  "MDaemon", "MailEnable", "CommuniGate Pro", "Kerio Connect", "Lotus Domino", "GroupWise", "qmail", "OpenSMTPD",
  "MailSite", "Mercury/32", "IceWarp", "Zimbra", "Haraka", "hMailServer", "PowerMTA", "ecelerity", "SubEthaSMTP",
  "Barracuda", "Courier", "Axigen", "SLMail" }, any, "product")
  * (find({ "version", "release" }, 1 - S ";") ^ -1 * S " (:/" ^ 0 * S "vV" ^ -1 * field("version", release)) ^ -1)
local words = { "exim", "mdaemon", "groupwise", "mail", "mx.", "mx1", "mx0", "mta", "lotus domino" }
local open = (P "220" + "421" + "554" + "521") * S " -"
-- a date in mail's own form (RFC 5322 section 3.3)
local date = { "mon, ", "tue, ", "wed, ", "thu, ", "fri, ", "sat, ", "sun, " }
local day = digit * digit ^ -1 * " " * alpha * alpha * alpha * " " * digit * digit * digit * digit * " " * digit
local greeting = #(open * find({ "smtp", "postfix", "exim 4", "sendmail" }, 1 - S "\n"))
  + (#(open * find(words, 1 - S "\n")) - open * find { "ftp", "lmtp" })
  + #(open * find(date, 1 - S "\n") * day - open * find { "ftp", "lmtp" })
local enhanced = S "245" * "." * digit * "." * digits * " "
local class = S "245" * S "02357" * digit
local reply = #(class * S " -" * enhanced)
  + #(S "45" * S "0235" * digit * S " -" * find({ "helo", "ehlo", "mail from", "smtp", "mail command", "polite" },
    1 - S "\r\n"))
  + #(P "221" * S " -" * find({ "closing transmission", "closing connection", "can break rules" }, 1 - S "\r\n"))
  + #(P "250-" * line * crlf * "250" * S " -" * (I "size" + I "pipelining" + I "8bitmime" + I "starttls" + I "help"))
local code = P "220" + "250" + "221" + "421" + "451" + "450" + "500" + "501" + "502" + "503" + "521" + "530" + "550" + "554"
local banner = P(3) * S " -" * field("banner", line)
local any_code = S "2345" * digit * digit

return {
  protocol = "smtp", reference = "RFC 5321", ports = { 25, 26, 465, 587, 2525 },
  starts = { any_code * (S " -\r\n" + eos) }, first = "2345",
  pattern = describe(Ct((greeting + reply) * banner), "banner", product),
  maybe = Ct(#code * (banner + P(3) * crlf)),
  weak = Ct(#any_code * (banner + P(3) * (crlf + eos))),
  examples = {
    ["220 mail.example ESMTP Postfix (Debian/GNU)\r\n"] = {
      banner = "mail.example ESMTP Postfix (Debian/GNU)", product = "Postfix", vendor = "postfix",
      cpe = "postfix:postfix", os = "Debian",
    },
    ["220 sendmail.example ESMTP Postfix\r\n"] = {
      banner = "sendmail.example ESMTP Postfix", product = "Postfix", vendor = "postfix", cpe = "postfix:postfix",
    },
    ["220 mx.example ESMTP Exim 4.97 Mon, 01 Jan 2024 00:00:00 +0000\r\n"] = {
      banner = "mx.example ESMTP Exim 4.97 Mon, 01 Jan 2024 00:00:00 +0000", product = "Exim", version = "4.97",
      vendor = "exim", cpe = "exim:exim",
    },
    ["220 mx.example V9.9 ready at Mon, 1 Jan 2024 00:00:00 +0000\r\n"] = true,
    ["502 5.5.2 Error: command not recognized\r\n"] = { banner = "5.5.2 Error: command not recognized" },
    ["554 5.7.1 Access denied\r\n"] = true,
    ["503 Error: send HELO first\r\n"] = true,
    ["530 5.7.0 STARTTLS comes first\r\n"] = { banner = "5.7.0 STARTTLS comes first" },
    ["571 5.7.1 Not from there\r\n"] = true,
    ["221 2.7.0 Error: I can break rules, too. Goodbye.\r\n"] = true,
    ["250-mx.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"] = true,
  },
  maybe_examples = { "220 Ready.\r\n", "250\r\n", "421 Service not available\r\n", "452 Busy\r\n", "571 Not from there\r\n",
    "420 Come back later\r\n", "220 ********************\r\n" },
  not_this = { "220 (vsFTPd 3.0.5)\r\n", "EHLO sonde.example\r\n", "220 ProFTPD Server (mail.example)\r\n" },
}
