-- PowerDNS: authoritative for nothing.
return {
  title = "PowerDNS", package = "pdns-server", packages = { "pdns-backend-bind" }, tier = 2,
  start = [[
: > named.conf
exec pdns_server --daemon=no --guardian=no --config-dir="$run" --launch=bind --bind-config="$run/named.conf" \
  --local-address=0.0.0.0 \
  --socket-dir="$run" --security-poll-suffix= --loglevel=3
]],
  serves = { {
    service = "dns", port = 53, ways = {}, fields = { version = { "PowerDNS Authoritative Server $upstream" } },
  } },
}
