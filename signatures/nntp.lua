-- NNTP: greetings and refusals (RFC 3977 section 5.1).
local words = { "nntp", "news", "inn ", "innd", "posting", "diablo", "leafnode", "usenet", "permission to talk" }

return {
  protocol = "nntp", reference = "RFC 3977", ports = { 119, 563, 433 },
  starts = { S "245" * digit * digit * " " }, first = "245",
  pattern = Ct((P "200" + "201" + "400" + "502" + "503" + "480") * " " * #find(words, 1 - S "\r\n") * field("banner", line)
    + "500 What?" * crlf),
  maybe = Ct((P "200" + "201" + "400" - "400 Bad Request" + "502" + "503") * " " * field("banner", line) * crlf),
  weak = Ct(S "245" * digit * digit * " " * field("banner", line)),
  examples = {
    ["200 news.example InterNetNews NNRP server INN 2.7.1 ready (posting ok)\r\n"] = {
      banner = "news.example InterNetNews NNRP server INN 2.7.1 ready (posting ok)",
    },
    ["502 You have no permission to talk to this NNTP server\r\n"] = true,
  },
  maybe_examples = { "200 Welcome\r\n", "400 Too many connections\r\n", "502 Not for you\r\n", "480 First say who you are\r\n" },
  not_this = { "502 5.5.2 Error: command not recognized\r\n", "500 Unknown command\r\n" },
}
