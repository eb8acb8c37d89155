-- Music Player Daemon: its greeting (MPD protocol).
return {
  protocol = "mpd", reference = "MPD protocol", ports = { 6600 },
  starts = { "OK MPD " }, pattern = Ct("OK MPD " * field("version", digit * token)),
  examples = { ["OK MPD 0.23.5\n"] = { version = "0.23.5" } }, not_this = { "OK\n" },
}
