-- lighttpd with one page.
return {
  title = "lighttpd", package = "lighttpd", tier = 1,
  start = [[
mkdir www
echo '<!doctype html><title>Sonde lab</title>' > www/index.html
cat > lighttpd.conf <<CONF
server.document-root = "$run/www"
server.port = 80
index-file.names = ( "index.html" )
mimetype.assign = ( ".html" => "text/html" )
CONF
exec lighttpd -D -f lighttpd.conf
]],
  serves = { {
    service = "http", port = 80, ways = { "http", "tls", "newlines" },
    fields = { server = "lighttpd/$upstream", product = "lighttpd", status = 200, title = "Sonde lab" },
  } },
}
