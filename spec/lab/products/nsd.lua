-- NSD: authoritative for nothing.
return {
  title = "NSD", package = "nsd", tier = 1,
  start = [[
cat > nsd.conf <<CONF
server:
  ip-address: 0.0.0.0
  username: ""
  chroot: ""
  database: ""
  zonesdir: "$run"
  pidfile: "$run/pid"
  xfrdfile: "$run/xfrd"
  zonelistfile: "$run/zones"
  xfrdir: "$run"
  server-count: 1
remote-control:
  control-enable: no
CONF
exec nsd -d -c "$run/nsd.conf"
]],
  serves = { { service = "dns", port = 53, ways = {}, fields = { version = { "NSD $upstream" } } } },
}
