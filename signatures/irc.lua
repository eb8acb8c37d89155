-- IRC: notices and numerics that a server sends before and after registration (RFC 2812 section 5).
local server = ":" * field("host", (1 - S " \r\n") ^ 1) * " "
local numeric = S "0245" * digit * digit * " "

return {
  protocol = "irc", reference = "RFC 2812", ports = { 6667, 6697, 194, 6660 },
  starts = { ":", "NOTICE ", "ERROR :", "PING :" },
  pattern = Ct(server * (P "NOTICE " * token * " :" + numeric * token * " " + "PONG " + "ERROR ")
    + "NOTICE " * (P "AUTH" + "*" + "ip") * " :" + "ERROR :" * I "closing link" + "ERROR :" * find({ "irc", "throttl",
      "connect", "registered", "unknown" }, 1 - S "\r\n")
    + "PING :" * token * crlf * server * "NOTICE "),
  maybe = "PING :" * token * crlf,
  examples = {
    [":irc.example NOTICE * :*** Looking up your hostname...\r\n"] = { host = "irc.example" },
    [":irc.example 451 * :You have not registered\r\n"] = { host = "irc.example" },
    ["ERROR :Closing Link: 192.0.2.7 (Too many connections)\r\n"] = {},
    ["NOTICE AUTH :*** Checking Ident\r\n"] = {},
  },
  maybe_examples = { "PING :4711\r\n" },
  not_this = { "NICK sonde\r\nUSER sonde 0 * :sonde\r\n", ": hello world\r\n" },
}
