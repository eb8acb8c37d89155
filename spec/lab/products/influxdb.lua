-- InfluxDB 1.
return {
  title = "InfluxDB", package = "influxdb", tier = 2,
  start = [[
cat > influxdb.conf <<CONF
reporting-disabled = true
bind-address = "127.0.0.1:8088"
[meta]
  dir = "$run/meta"
[data]
  dir = "$run/data"
  wal-dir = "$run/wal"
[http]
  bind-address = ":8086"
  log-enabled = false
CONF
exec influxd -config influxdb.conf
]],
  serves = { {
    service = "http", port = 8086, handshake = "influxdb", ways = { "http", "tls", "newlines" },
    fields = { application = "influxdb", version = "$upstream" },
  } },
}
