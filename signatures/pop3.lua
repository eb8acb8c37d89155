-- POP3 greetings and replies (RFC 1939 section 3).
local release = digit * (alnum + S ".-+_") ^ 0
local product = Ct(find({ "Dovecot", "Cyrus", "Qpopper", "Microsoft Exchange", "Lotus Notes", "Zimbra", "Courier",
  "MailEnable", "CCProxy", "MDaemon", "Kerio Connect", "hMailServer", "CommuniGate Pro" }, any, "product")
  * ((find({ "version", "release" }) + S " (" ^ 0 * (I "pop3" * " ") ^ -1) * S " :" ^ 0 * S "vVxX" ^ -1
    * field("version", release)) ^ -1)
local error = find({ "pop", "user", "pass", "login", "auth", "apop", "mailbox", "maildrop", "invalid command", "stls",
  "invalid state", "unimplemented", "unknown command" }, 1 - S "\r\n'")
local redis = I "unknown command" * (S " `'" + eos) + "wrong number" + "Protocol error" + "max number" + "operation not permitted"
  + "DENIED" + "invalid password" + "Client sent AUTH"

return {
  protocol = "pop3", reference = "RFC 1939", ports = { 110, 995 },
  starts = { "+OK", "-ERR", "+ERR" },
  pattern = describe(Ct("+OK " * #(1 - R "\0\31") * field("banner", line) + "-ERR " * -redis * #error * field("banner", line)
    + "-ERR [" * (P "SYS" + "AUTH" + "IN-USE" + "LOGIN-DELAY") * line), "banner", product),
  maybe = P "+OK" * (eos + S " " ^ 0 * crlf * eos) + P "-ERR" * (crlf + " "),
  weak = (P "+OK" + "-ERR" + "+ERR") * (S " \t:,.-" * line + crlf),
  examples = {
    ["+OK Dovecot (Debian) ready.\r\n"] = {
      banner = "Dovecot (Debian) ready.", product = "Dovecot", vendor = "dovecot", cpe = "dovecot:dovecot", os = "Debian",
    },
    ["+OK POP3 ready <1896.697170952@mail.example>\r\n"] = { banner = "POP3 ready <1896.697170952@mail.example>" },
    ["+OK \195\137tabli <1.9@mail.example>\r\n"] = { banner = "\195\137tabli <1.9@mail.example>" },
    ["-ERR [SYS/TEMP] try again\r\n"] = true,
    ["-ERR Unknown command.\r\n"] = { banner = "Unknown command." },
  },
  maybe_examples = { "+OK\r\n", "-ERR\r\n", "-ERR go away\r\n", "+OK\tready\r\n", "-ERR: full\r\n", "+ERR no\r\n" },
  not_this = { "-ERR unknown command 'GET', with args beginning with: \r\n", "-ERR Protocol error\r\n", "USER a\r\n" },
}
