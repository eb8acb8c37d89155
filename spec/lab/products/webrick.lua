-- WEBrick: Ruby's own HTTP server.
return {
  title = "WEBrick", package = "ruby-webrick", packages = { "ruby" }, tier = 2,
  start = [[
mkdir site
echo '<!doctype html><title>Sonde lab</title>' > site/index.html
exec ruby -rwebrick -e 'WEBrick::HTTPServer.new(Port: 80, DocumentRoot: "site").start'
]],
  serves = { {
    service = "http", port = 80, ways = { "http", "tls", "newlines" },
    fields = { server = { "WEBrick/$upstream" }, title = "Sonde lab" },
  } },
}
