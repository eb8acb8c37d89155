-- ident2, unpacked: it conflicts with other ident servers. Started by inetd.
return {
  title = "ident2", package = "ident2", packages = { "inetutils-inetd" }, unpack = { "ident2" }, tier = 2,
  start = [[
echo "113 stream tcp nowait nobody /usr/sbin/ident2 ident2 -i" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { { service = "ident", port = 113, ways = { "http", "tls", "newlines" }, fields = { error = "NO-USER" } } },
}
