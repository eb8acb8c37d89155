-- H2O: HTTP and HTTP/2 in the clear.
return {
  title = "H2O", package = "h2o", tier = 2,
  start = [[
mkdir www
echo '<!doctype html><title>Sonde lab</title>' > www/index.html
cat > h2o.conf <<CONF
listen:
  port: 80
hosts:
  lab:
    paths:
      /:
        file.dir: $run/www
user: nobody
CONF
exec h2o -m worker -c h2o.conf
]],
  serves = { {
    service = "http", port = 80, ways = { "http", "tls" },
    fields = { server = "h2o/${upstream%+dfsg*}", title = "Sonde lab" },
  } },
}
