-- NATS.
return {
  title = "NATS", package = "nats-server", tier = 1,
  start = [[exec nats-server -a 0.0.0.0 -p 4222 --name lab]],
  serves = { {
    service = "nats", port = 4222, ways = { "wait", "http", "tls", "newlines" },
    fields = { version = "$upstream", server_name = "lab", tls_required = false },
  } },
}
