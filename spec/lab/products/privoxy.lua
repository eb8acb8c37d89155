-- Privoxy: its answer to a request that is none for a proxy says no length, and ends with the connection.
return {
  title = "Privoxy", package = "privoxy", tier = 1,
  start = [[
printf 'listen-address 0.0.0.0:8118\nconfdir /etc/privoxy\nlogdir %s\n' "$run" > config
exec privoxy --no-daemon --user nobody "$run/config"
]],
  serves = { { service = "http", port = 8118, outcome = "closed", ways = { "http" }, fields = { status = 400 } } },
}
