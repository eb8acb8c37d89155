-- HAProxy without a server behind it.
return {
  title = "HAProxy", package = "haproxy", tier = 1,
  start = [[
cat > haproxy.cfg <<CONF
global
  log stderr local0
defaults
  mode http
  timeout client 5s
  timeout connect 5s
  timeout server 5s
frontend lab
  bind 0.0.0.0:80
  default_backend nobody
backend nobody
CONF
exec haproxy -db -f haproxy.cfg
]],
  serves = { { service = "http", port = 80, ways = { "http", "tls" }, fields = { status = 503 } } },
}
