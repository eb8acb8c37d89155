-- Dante: SOCKS 5 for those it knows, which is nobody.
return {
  title = "Dante", package = "dante-server", tier = 1,
  start = [[
cat > danted.conf <<CONF
logoutput: stderr
internal: $address port = 1080
external: $address
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks block { from: 0.0.0.0/0 to: 0.0.0.0/0 }
CONF
exec danted -f "$run/danted.conf" -p "$run/pid" -N 1
]],
  serves = { { service = "socks5", port = 1080, ways = {}, fields = { open = true } } },
}
