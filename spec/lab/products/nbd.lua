-- nbd-server with an empty file.
return {
  title = "nbd-server", package = "nbd-server", tier = 2,
  start = [[
truncate -s 1M disk
cat > nbd.conf <<CONF
[generic]
listenaddr = 0.0.0.0
port = 10809
[lab]
exportname = $run/disk
readonly = true
CONF
nbd-server -C "$run/nbd.conf" -p "$run/pid"
exec sleep infinity
]],
  serves = { { service = "nbd", port = 10809, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
