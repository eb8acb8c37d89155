-- micro_httpd, started by inetd for each connection.
return {
  title = "micro_httpd", package = "micro-httpd", packages = { "inetutils-inetd" }, tier = 2,
  start = [[
mkdir site
echo '<!doctype html><title>Sonde lab</title>' > site/index.html
echo "80 stream tcp nowait nobody /usr/sbin/micro-httpd micro-httpd $run/site" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { {
    service = "http", port = 80, ways = { "http", "tls", "newlines" },
    fields = { server = "micro_httpd", title = "Sonde lab" },
  } },
}
