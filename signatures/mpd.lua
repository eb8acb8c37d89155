-- Music Player Daemon: its greeting (MPD protocol).
return {
  protocol = "mpd", reference = "MPD protocol", ports = { 6600 },
  starts = { "OK MPD ", "ACK [" },
  pattern = Ct("OK MPD " * field("version", digit * token) + "ACK [" * digits * "@" * digits * "] {"),
  examples = { ["ACK [5@0] {} what?\n"] = {}, ["OK MPD 0.23.5\n"] = { version = "0.23.5" } }, not_this = { "OK\n" },
}
