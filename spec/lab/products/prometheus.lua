-- Prometheus, watching nothing.
return {
  title = "Prometheus", package = "prometheus", tier = 2,
  start = [[
: > prometheus.yml
exec prometheus --config.file=prometheus.yml --storage.tsdb.path="$run/data" --web.listen-address=0.0.0.0:9090 \
  --log.level=warn
]],
  serves = { {
    service = "http", port = 9090, handshake = "prometheus", ways = { "http", "tls", "newlines" },
    fields = { build = "prometheus", version = "$upstream" },
  } },
}
