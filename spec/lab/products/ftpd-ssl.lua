-- The Linux port of BSD's ftpd with TLS, unpacked: it conflicts with other FTP servers. Started by inetd. It has no features
-- to tell of; it is without a certificate, so that its TLS ends with an alert.
return {
  title = "Linux ftpd-ssl", package = "ftpd-ssl", packages = { "inetutils-inetd" }, unpack = { "ftpd-ssl" }, tier = 2,
  start = [[
echo "21 stream tcp nowait root /usr/sbin/in.ftpd in.ftpd" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { {
    service = "ftp", port = 21, outcome = "tls", ways = { "wait", "http", "tls", "newlines" },
    fields = { code = 220, feat_code = 500, auth_code = 234, banner = { "Linux-ftpd-${upstream##*really}" } },
  } },
}
