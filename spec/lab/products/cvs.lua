-- CVS' pserver, started by inetd for each connection.
return {
  title = "CVS", package = "cvs", packages = { "inetutils-inetd" }, tier = 2,
  start = [[
cvs -d "$run/root" init
echo "2401 stream tcp nowait root /usr/bin/cvs cvs -f --allow-root=$run/root pserver" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { { service = "cvs", port = 2401, handshake = false, ways = { "http", "tls", "newlines" } } },
}
