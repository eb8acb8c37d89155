-- Mumble's server.
return {
  title = "Mumble", package = "mumble-server", tier = 2,
  start = [[
chmod 777 .
cat > mumble.ini <<CONF
database=$run/mumble.sqlite
logfile=
pidfile=
sslCert=$certificate
sslKey=$key
uname=nobody
host=0.0.0.0
port=64738
CONF
exec murmurd -fg -ini "$run/mumble.ini"
]],
  serves = { {
    service = "mumble", port = 64738, handshake = "tls", ways = { tls = "tls" },
    fields = { release = { "$upstream" } }, tls = { subject = { "lab.example" } },
  } },
}
