-- The Linux port of BSD's ftpd with TLS, unpacked: it conflicts with other FTP servers. Started by inetd.
return {
  title = "Linux ftpd-ssl", package = "ftpd-ssl", packages = { "inetutils-inetd" }, unpack = { "ftpd-ssl" }, tier = 2,
  start = [[
cat "$key" "$certificate" > /tmp/ftpd.pem
echo "21 stream tcp nowait root /usr/sbin/in.ftpd in.ftpd -z certsok -z cert=/tmp/ftpd.pem -z key=/tmp/ftpd.pem" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { {
    service = "ftp", port = 21, ways = { "wait", "http", "tls", "newlines" }, fields = { code = 220 },
    tls = { sha256 = "$fingerprint" },
  } },
}
