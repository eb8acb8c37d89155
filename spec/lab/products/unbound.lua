-- Unbound, which may be asked by anyone and asks nobody.
return {
  title = "Unbound", package = "unbound", tier = 1,
  start = [[
cat > unbound.conf <<CONF
server:
  directory: "$run"
  chroot: ""
  username: ""
  pidfile: ""
  interface: 0.0.0.0
  access-control: 0.0.0.0/0 allow
  use-syslog: no
  module-config: "iterator"
  do-daemonize: no
  num-threads: 1
remote-control:
  control-enable: no
CONF
exec unbound -d -c "$run/unbound.conf"
]],
  serves = { {
    service = "dns", port = 53, ways = {}, fields = { version = "unbound $upstream", recursion_available = true },
  } },
}
