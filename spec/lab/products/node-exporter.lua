-- Prometheus' exporter of a machine's numbers.
return {
  title = "Prometheus node exporter", package = "prometheus-node-exporter", tier = 2,
  start = [[
exec prometheus-node-exporter --web.listen-address=0.0.0.0:9100 --collector.disable-defaults --log.level=warn
]],
  serves = { {
    service = "http", port = 9100, handshake = "prometheus", ways = { "http", "tls", "newlines" },
    fields = { build = "node_exporter", version = "$upstream" },
  } },
}
