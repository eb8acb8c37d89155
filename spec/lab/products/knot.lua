-- Knot DNS: authoritative for one zone.
return {
  title = "Knot DNS", package = "knot", tier = 1,
  start = [[
cat > knot.conf <<CONF
server:
  listen: 0.0.0.0@53
  rundir: "$run"
  version: ""
database:
  storage: "$run/db"
zone:
  - domain: lab.example
    storage: "$run"
    file: zone
CONF
printf '$TTL 60\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\nns IN A 198.18.1.13\n' > zone
sed -i '/version: ""/d' knot.conf
exec knotd -c "$run/knot.conf"
]],
  serves = { { service = "dns", port = 53, ways = {}, fields = { version = { "Knot DNS $upstream" } } } },
}
