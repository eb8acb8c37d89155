-- PowerDNS' recursor, which says its version.
return {
  title = "PowerDNS Recursor", package = "pdns-recursor", tier = 2,
  start = [[
exec pdns_recursor --config-dir="$run" --socket-dir="$run" --local-address=0.0.0.0 --allow-from=0.0.0.0/0 --daemon=no \
  --disable-syslog --threads=1 --security-poll-suffix= --hint-file=no
]],
  serves = { { service = "dns", port = 53, ways = {}, fields = { version = { "PowerDNS Recursor $upstream" }, rcode = 0 } } },
}
