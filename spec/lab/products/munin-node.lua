-- Munin's node.
return {
  title = "Munin", package = "munin-node", tier = 2,
  start = [[
mkdir -p plugins /var/run/munin
printf '%s\n' 'host 0.0.0.0' 'port 4949' 'host_name lab' 'background 0' 'setsid 0' 'user root' 'group root' 'allow .*' \
  'log_file /dev/stderr' > munin-node.conf
exec munin-node --config "$run/munin-node.conf"
]],
  serves = { { service = "munin", port = 4949, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
