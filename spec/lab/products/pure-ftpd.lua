-- Pure-FTPd, unpacked: it conflicts with other FTP servers.
return {
  title = "Pure-FTPd", package = "pure-ftpd", packages = { "pure-ftpd-common" },
  unpack = { "pure-ftpd", "pure-ftpd-common" }, tier = 1,
  start = [[
mkdir -p /run/pure-ftpd
exec pure-ftpd -4 -e -S 21 -C 1000 -c 1000
]],
  serves = { {
    service = "ftp", port = 21, ways = { "wait", "http", "tls", "newlines" },
    fields = { code = 220, banner = { "Pure-FTPd" }, product = "Pure-FTPd" },
  } },
}
