-- fcgiwrap: FastCGI by the library that came with its specification.
return {
  title = "fcgiwrap", package = "fcgiwrap", tier = 2,
  start = [[exec fcgiwrap -s tcp:0.0.0.0:9000 -f]],
  serves = { { service = "fastcgi", port = 9000, ways = {}, fields = { multiplexes = false, max_conns = 1, max_reqs = 1 } } },
}
