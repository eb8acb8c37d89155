-- The Linux port of BSD's telnetd with TLS, unpacked: it conflicts with other telnetds. Started by inetd.
return {
  title = "Linux telnetd-ssl", package = "telnetd-ssl", packages = { "inetutils-inetd" }, unpack = { "telnetd-ssl" }, tier = 2,
  start = [[
cat "$key" "$certificate" > /tmp/telnetd.pem
echo "23 stream tcp nowait root /usr/sbin/in.telnetd in.telnetd -z certsok -z cert=/tmp/telnetd.pem" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { {
    service = "telnet", port = 23, ways = { "wait", "http", "tls", "newlines" }, fields = { options = { "do 24" } },
  } },
}
