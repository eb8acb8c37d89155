-- dictd without a dictionary of its own.
return {
  title = "dictd", package = "dictd", tier = 2,
  start = [[
cat > dictd.conf <<CONF
global { listen_to 0.0.0.0 }
access { allow * }
database lab { data "$run/lab.dict" index "$run/lab.index" }
CONF
printf '00-database-short\tA\tE\n' > lab.index
printf 'lab\n' > lab.dict
exec dictd -d nodetach -c "$run/dictd.conf" -L /dev/null --pid-file "$run/pid"
]],
  serves = { { service = "dict", port = 2628, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
