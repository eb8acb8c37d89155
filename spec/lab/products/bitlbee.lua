-- BitlBee: an IRC server of its own.
return {
  title = "BitlBee", package = "bitlbee", tier = 2,
  start = [[
printf '[settings]\nHostName = bitlbee.lab.example\n' > bitlbee.conf
exec bitlbee -D -n -i 0.0.0.0 -p 6667 -c "$run/bitlbee.conf" -d "$run" -u nobody
]],
  serves = { {
    service = "irc", port = 6667, ways = { "wait", "http", "tls", "newlines" },
    fields = { host = "bitlbee.lab.example" },
  } },
}
