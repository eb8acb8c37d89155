-- TeamSpeak: the greeting of a server's query port (TeamSpeak 3 Server Query Manual).
return {
  protocol = "teamspeak", reference = "TeamSpeak 3 Server Query Manual", ports = { 10011 },
  starts = { "TS3", "[TS]" },
  pattern = "TS3" * S "\r\n" ^ 1 + "[TS]" * S "\r\n" ^ 1,
  examples = { ["TS3\n\rWelcome to the TeamSpeak 3 ServerQuery interface"] = {} },
  not_this = { "TS3" },
}
