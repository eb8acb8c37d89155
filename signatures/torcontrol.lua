-- Tor control port: answers to PROTOCOLINFO, demands for authentication and refusals (Tor control-spec sections 3.21 and 4).
return {
  protocol = "torcontrol", reference = "Tor control-spec", ports = { 9051 },
  over = { "smtp" },
  starts = { "514 Auth", "510 Unrec", "515 ", "250-PROTOCOLINFO " },
  pattern = Ct(P "514 Authentication required." + "510 Unrecognized command" + "515 Authentication failed"
    + "515 Bad authentication" + "250-PROTOCOLINFO " * digits * crlf
      * (find { '250-VERSION Tor="' } * field("version", (1 - S '"\r\n') ^ 1)) ^ -1),
  examples = {
    ["514 Authentication required.\r\n"] = {},
    ['250-PROTOCOLINFO 1\r\n250-AUTH METHODS=NULL\r\n250-VERSION Tor="0.4.99"\r\n250 OK\r\n'] = { version = "0.4.99" },
  },
  not_this = { "514 no\r\n", "250-mail.example\r\n250 HELP\r\n" },
}
