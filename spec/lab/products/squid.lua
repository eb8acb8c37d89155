-- Squid, which nobody may use.
return {
  title = "Squid", package = "squid", tier = 2,
  start = [[
cat > squid.conf <<CONF
http_port 3128
http_access deny all
pid_filename $run/pid
access_log none
cache_log stdio:/dev/stderr
cache_mem 8 MB
coredump_dir $run
visible_hostname squid.lab.example
pinger_enable off
CONF
chmod 777 .
exec squid -N -f "$run/squid.conf"
]],
  serves = {
    { service = "http", port = 3128, ways = { "http", "tls" }, fields = { server = { "squid/$upstream" } } },
    {
      service = "http", port = 3128, handshake = "http_proxy",
      fields = { server = "squid/$upstream", error = "ERR_UNSUP_REQ", status = 501 },
    },
  },
}
