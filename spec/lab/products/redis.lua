-- Redis, open to all, and one in protected mode that turns strangers away.
return {
  title = "Redis", package = "redis-server", tier = 1,
  start = [[
redis-server --port 6379 --protected-mode no --bind 0.0.0.0 --dir "$run" --save "" --daemonize no &
redis-server --port 6380 --protected-mode yes --bind 0.0.0.0 --dir "$run" --save "" --daemonize no &
wait
]],
  serves = {
    { service = "redis", port = 6379, ways = {}, fields = { open = true } },
    {
      service = "redis", port = 6380, ways = { "wait", "http", "tls", "newlines" },
      fields = { open = false, error = { "DENIED" } },
    },
  },
}
