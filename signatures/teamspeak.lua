-- TeamSpeak: the greeting of a server's query port (TeamSpeak 3 Server Query Manual).
return {
  protocol = "teamspeak", reference = "TeamSpeak 3 Server Query Manual", ports = { 10011 },
  starts = { "TS3", "[TS]", "error id=" },
  pattern = "TS3" * P " Client" ^ -1 * S "\r\n" ^ 1
    + "error id=" * digits * " msg=" * (R "az" + "\\s") ^ 1 + "[TS]" * S "\r\n" ^ 1,
  examples = {
    ["error id=256 msg=command\\snot\\sfound\n\r"] = {}, ["TS3 Client\n\r"] = {},
    ["TS3\n\rWelcome to the TeamSpeak 3 ServerQuery interface"] = {} },
  not_this = { "TS3" },
}
