-- FTP greetings, refusals and errors (RFC 959 section 5.4).
local release = digit * (alnum + S ".-+") ^ 0
local between = S " /_(-" ^ 0 * (I "version" * S " :v" ^ 0 + I "ftp" * S " -" * I "server" * S " v" ^ 0) ^ -1 * S "vV" ^ -1
local product = Ct(find({ "vsFTPd", "ProFTPD", "Pure-FTPd", "PureFTPd", "FileZilla Server", "Microsoft FTP Service",
  "Serv-U", "WS_FTP", "wuftpd", "tnftpd", "NetBSD-ftpd", "Gene6", "SurgeFTP", "Twisted", "Xlight" }, any, "product")
  * (between * between * field("version", release)) ^ -1)
local function says(codes, words) return codes * S " -" * find(words, 1 - S "\r\n") end
local open = (P "220" + "120" + "421") * S " -"
local greeting = #(open * find { "ftp", "filezilla", "serv-u" })
local mail = open * find({ "smtp", "lmtp", "snpp", "postfix", "exim", "sendmail" }, 1 - S "\r\n")
local refusal = #(says(P "530", { "log", "user", "anonymous" }) + says(P "500", { "oops:", "not understood" })
  + says(P "331", { "password", "anonymous" }) + says(P "421", { "no-transfer", "internet address" }))
local code = P "220" + "120" + "421" + "500" + "501" + "502" + "503" + "530" + "550" + "331"
local any_code = R "15" * R "05" * digit
local banner = P(3) * S " -" * field("banner", line)

return {
  protocol = "ftp", reference = "RFC 959", ports = { 21, 2121 },
  starts = { any_code * S " -\r\n" }, first = "12345",
  pattern = describe(Ct((greeting - mail + refusal) * banner), "banner", product),
  maybe = Ct(#code * (banner + P(3) * crlf)),
  weak = Ct(#any_code * (banner + P(3) * crlf)),
  examples = {
    ["220 (vsFTPd 3.0.5)\r\n"] = {
      banner = "(vsFTPd 3.0.5)", product = "vsFTPd", version = "3.0.5", vendor = "vsftpd_project",
      cpe = "vsftpd_project:vsftpd",
    },
    ["220 ProFTPD Server (Debian) [192.0.2.1]\r\n"] = {
      banner = "ProFTPD Server (Debian) [192.0.2.1]", product = "ProFTPD", vendor = "proftpd", cpe = "proftpd:proftpd",
      os = "Debian",
    },
    ["220-Welcome\r\n220 files.example FTP server ready.\r\n"] = { banner = "Welcome" },
    ["530 Please login with USER and PASS.\r\n"] = { banner = "Please login with USER and PASS." },
    ["500 OOPS: vsftpd: refusing to run\r\n"] = true,
  },
  maybe_examples = { "220 Ready.\r\n", "220 files.example\r\n", "421 Too many connections\r\n", "500 Unknown command.\r\n",
    "220\r\n", "230 Hello.\r\n", "425 No data connection\r\n", "534 Not with TLS here\r\n" },
  not_this = { "220 mail.example ESMTP Postfix\r\n", "220 ftp.example ESMTP Exim 4.97\r\n", "USER anonymous\r\n" },
}
