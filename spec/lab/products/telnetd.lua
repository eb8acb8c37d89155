-- inetutils telnetd, started by inetd for each connection.
return {
  title = "GNU inetutils telnetd", package = "inetutils-telnetd", packages = { "inetutils-inetd" }, tier = 1,
  start = [[
echo "23 stream tcp nowait root /usr/sbin/telnetd telnetd" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { {
    service = "telnet", port = 23, ways = { "wait", "http", "tls", "newlines" }, fields = { options = { "do 24" } },
  } },
}
