-- Rserve: R over TCP.
return {
  title = "Rserve", package = "r-cran-rserve", tier = 2,
  start = [[
printf 'remote enable\nport 6311\nauth required\nplaintext disable\n' > Rserv.conf
R CMD /usr/lib/R/site-library/Rserve/libs/Rserve --no-save --RS-conf "$run/Rserv.conf" --slave
exec sleep infinity
]],
  serves = { { service = "rserve", port = 6311, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
