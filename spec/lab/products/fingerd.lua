-- fingerd, started by inetd for each connection.
return {
  title = "fingerd", package = "fingerd", packages = { "inetutils-inetd" }, tier = 1,
  start = [[
echo "79 stream tcp nowait nobody /usr/sbin/in.fingerd in.fingerd" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { {
    service = "finger", port = 79, ways = { "http", "tls", "newlines" }, fields = { text = { "no such user" } },
  } },
}
