-- rsync's daemon.
return {
  title = "rsync", package = "rsync", tier = 1,
  start = [[
printf 'use chroot = no\n[lab]\npath = %s\n' "$run" > rsyncd.conf
exec rsync --daemon --no-detach --config=rsyncd.conf --port=873
]],
  serves = { {
    service = "rsync", port = 873, ways = { "wait", "http", "tls", "newlines" },
    fields = { protocol_version = { "$(rsync --version | sed -n 's/.*protocol version \\([0-9]*\\).*/\\1/p')" } },
  } },
}
