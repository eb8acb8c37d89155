-- apt-cacher-ng: a proxy for packages.
return {
  title = "apt-cacher-ng", package = "apt-cacher-ng", tier = 2,
  start = [[
mkdir cache conf log
cat > conf/acng.conf <<CONF
Port: 3142
CacheDir: $run/cache
LogDir: $run/log
SocketPath: $run/socket
ForeGround: 1
CONF
exec apt-cacher-ng -c "$run/conf"
]],
  serves = { {
    service = "http", port = 3142, ways = { "http" },
    fields = { status = 406, reason = "Usage Information", title = { "APT Reconfiguration required" } },
  } },
}
