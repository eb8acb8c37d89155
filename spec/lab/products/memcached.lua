-- memcached: the text and the binary protocol.
return {
  title = "memcached", package = "memcached", tier = 1,
  start = [[
memcached -u nobody -U 0 -m 8 -t 1 -l 0.0.0.0 -p 11211 &
memcached -u nobody -U 0 -m 8 -t 1 -l 0.0.0.0 -p 11212 -B binary &
wait
]],
  serves = {
    { service = "memcached", port = 11211, ways = { "tls", "newlines" }, fields = { version = "$upstream" } },
    {
      service = "memcached", port = 11212, handshake = "memcached_binary", ways = {}, unasked = false,
      fields = { version = "$upstream" },
    },
  },
}
