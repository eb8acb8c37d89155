-- Privoxy, asked for what is no request to a proxy.
return {
  title = "Privoxy", package = "privoxy", tier = 1,
  start = [[
printf 'listen-address 0.0.0.0:8118\nconfdir /etc/privoxy\nlogdir %s\n' "$run" > config
exec privoxy --no-daemon --user nobody "$run/config"
]],
  serves = { { service = "http", port = 8118, ways = { "http" }, fields = { status = 400 } } },
}
