-- Gophernicus: Gopher, started by inetd.
return {
  title = "Gophernicus", package = "gophernicus", packages = { "inetutils-inetd" }, tier = 2,
  start = [[
mkdir site
echo "Sonde lab" > site/lab.txt
echo "70 stream tcp nowait nobody /usr/sbin/gophernicus gophernicus -h gophernicus.lab.example -r $run/site" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { { service = "gopher", port = 70, handshake = false, ways = { "http", "tls", "newlines" } } },
}
