-- MPD, the music player's daemon.
return {
  title = "MPD", package = "mpd", tier = 2,
  start = [[
cat > mpd.conf <<CONF
bind_to_address "0.0.0.0"
port "6600"
db_file "$run/db"
music_directory "$run"
audio_output {
  type "null"
  name "lab"
}
CONF
exec mpd --no-daemon --stderr "$run/mpd.conf"
]],
  serves = { { service = "mpd", port = 6600, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
