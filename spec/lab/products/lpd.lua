-- Berkeley's line printer daemon.
return {
  title = "BSD lpr", package = "lpr", tier = 2,
  start = [[
mkdir -p /var/spool/lpd
: > /etc/printcap
lpd -l 515
exec sleep infinity
]],
  serves = { { service = "lpd", port = 515, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
