-- mini_httpd with one page.
return {
  title = "mini_httpd", package = "mini-httpd", tier = 2,
  start = [[
mkdir www
echo '<!doctype html><title>Sonde lab</title>' > www/index.html
chmod 755 . www
exec mini_httpd -D -p 80 -d "$run/www" -u nobody -i "$run/pid" -l /dev/null
]],
  serves = { {
    service = "http", port = 80, ways = { "http", "newlines" },
    fields = { title = "Sonde lab", server = { "mini_httpd/$upstream" } },
  } },
}
