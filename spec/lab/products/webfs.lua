-- webfs with one page.
return {
  title = "webfs", package = "webfs", tier = 2,
  start = [[
mkdir www
echo '<!doctype html><title>Sonde lab</title>' > www/index.html
exec webfsd -F -p 8000 -r "$run/www" -f index.html -u nobody -g nogroup
]],
  serves = { {
    service = "http", port = 8000, ways = { "http", "tls" },
    fields = { title = "Sonde lab", server = { "webfs/${upstream%+*}" } },
  } },
}
