-- Gearman's job server.
return {
  title = "Gearman", package = "gearman-job-server", tier = 1,
  start = [[
exec gearmand --listen=0.0.0.0 --port=4730 --log-file=stderr --pid-file=/tmp/pid --user=nobody --threads=1
]],
  serves = { {
    service = "gearman", port = 4730, ways = { "http", "newlines" }, fields = { version = "$upstream" },
  } },
}
