-- nullidentd, unpacked: it conflicts with other ident servers. Started by inetd. Everybody is the same to it; it repeats
-- whatever it was asked, and whose bytes come first cannot be told by them.
return {
  title = "nullidentd", package = "nullidentd", packages = { "inetutils-inetd" }, unpack = { "nullidentd" }, tier = 2,
  start = [[
echo "113 stream tcp nowait nobody /usr/sbin/nullidentd nullidentd lab" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { {
    service = "ident", port = 113, ways = { "newlines", http = "unidentified", tls = "unidentified" },
    fields = { system = "UNIX" },
  } },
}
