-- GNU inetutils' ftpd, unpacked: it conflicts with other FTP servers. Started by inetd for each connection.
return {
  title = "GNU inetutils ftpd", package = "inetutils-ftpd", packages = { "inetutils-inetd" },
  unpack = { "inetutils-ftpd" }, tier = 2,
  start = [[
echo "21 stream tcp nowait root /usr/sbin/ftpd ftpd" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { {
    service = "ftp", port = 21, ways = { "wait", "http", "tls", "newlines" },
    fields = { code = 220, banner = { "FTP server (GNU inetutils $upstream) ready." } },
  } },
}
