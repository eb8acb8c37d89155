-- IRC: notices and numerics that a server sends before and after registration (RFC 2812 section 5).
local tags = ("@" * token * " ") ^ -1     -- IRCv3
local server = tags * ":" * field("host", (1 - S " \r\n") ^ 1) * " "
local numeric = S "0245" * digit * digit * " "

return {
  protocol = "irc", reference = "RFC 2812", ports = { 6667, 6697, 194, 6660 },
  starts = { ":", "@" * token * " :", "NOTICE ", "ERROR ", "PING :" }, first = ":@NEP",
  pattern = Ct(server * (P "NOTICE " * token * " :" + numeric * token * " " + "PONG " + "ERROR ")
    + "NOTICE " * (P "AUTH" + "*" + "ip") * " :" + "ERROR :" * I "closing link" + "ERROR :" * find({ "irc", "throttl",
      "connect", "registered", "unknown command" }, 1 - S "\r\n")
    + "PING :" * token * crlf * server * "NOTICE "),
  maybe = "PING :" * token * crlf + "ERROR :" * #(1 - S " \r\n") * line * crlf,
  weak = tags * ":" * token * " " * (P "PRIVMSG" + "JOIN" + "PART" + "QUIT" + "MODE" + "NICK" + "TOPIC" + "KICK") * " "
    + "ERROR " * I "closing link" * line * crlf,
  examples = {
    [":irc.example NOTICE * :*** Looking up your hostname...\r\n"] = { host = "irc.example" },
    [":irc.example 451 * :You have not registered\r\n"] = { host = "irc.example" },
    ["@time=2024-01-01T00:00:00.000Z :irc.example NOTICE * :*** Hello\r\n"] = { host = "irc.example" },
    ["ERROR :Closing Link: 192.0.2.7 (Too many connections)\r\n"] = {},
    ["NOTICE AUTH :*** Checking Ident\r\n"] = {},
  },
  maybe_examples = { ":a!b@192.0.2.7 PRIVMSG #x :hi\r\n", "PING :4711\r\n",
    "ERROR :Not enough arguments\r\n", "ERROR Closing Link\r\n" },
  not_this = { "NICK sonde\r\nUSER sonde 0 * :sonde\r\n", ": hello world\r\n", "ERROR : UNKNOWN-ERROR\r\n" },
}
