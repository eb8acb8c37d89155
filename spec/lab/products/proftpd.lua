-- ProFTPD, unpacked: it conflicts with other FTP servers.
return {
  title = "ProFTPD", package = "proftpd-core",
  packages = { "libhiredis0.14", "libmemcachedutil2", "libpcre2-posix3" }, unpack = { "proftpd-core" },
  tier = 1,
  start = [[
mkdir state
cat > proftpd.conf <<CONF
ServerName "Sonde lab"
ServerType standalone
Port 21
User nobody
Group nogroup
UseIPv6 off
PidFile $run/state/pid
ScoreboardFile $run/state/scoreboard
DelayTable none
CONF
exec proftpd -n -c "$run/proftpd.conf"
]],
  serves = { {
    service = "ftp", port = 21, ways = { "wait", "http", "tls", "newlines" },
    fields = { code = 220, banner = { "ProFTPD" }, product = "ProFTPD" },
  } },
}
