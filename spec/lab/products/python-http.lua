-- Python's own HTTP server.
return {
  title = "Python http.server", package = "python3", tier = 2,
  start = [[
mkdir site
echo '<!doctype html><title>Sonde lab</title>' > site/index.html
exec python3 -m http.server --directory site 8000
]],
  serves = { {
    service = "http", port = 8000, ways = { "http", "tls" },
    fields = { server = "SimpleHTTP/0.6 $(python3 --version | tr ' ' /)", title = "Sonde lab" },
  } },
}
