-- HylaFAX' server: its own protocol and SNPP.
return {
  title = "HylaFAX", package = "hylafax-server", tier = 2,
  start = [[
exec /usr/sbin/hfaxd -d -q /var/spool/hylafax -i 4559 -s 444
]],
  serves = {
    {
      service = "snpp", port = 444, ways = { "wait", "http", "tls", "newlines" },
      fields = { code = 220, banner = { "HylaFAX (tm) Version ${upstream#*:}" } },
    },
    { service = "hylafax", port = 4559, handshake = false, ways = { "wait", "http", "tls", "newlines" } },
  },
}
