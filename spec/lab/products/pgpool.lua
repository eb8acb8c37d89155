-- Pgpool-II in front of nobody.
return {
  title = "Pgpool-II", package = "pgpool2", tier = 2,
  start = [[
cat > pgpool.conf <<CONF
listen_addresses = '0.0.0.0'
port = 5432
pcp_listen_addresses = ''
unix_socket_directories = '$run'
socket_dir = '$run'
pcp_socket_dir = '$run'
pid_file_name = '$run/pid'
logdir = '$run'
work_dir = '$run'
num_init_children = 8
backend_hostname0 = '127.0.0.1'
backend_port0 = 1024
ssl = on
ssl_key = '$key'
ssl_cert = '$certificate'
CONF
exec pgpool -n -f "$run/pgpool.conf" -F /dev/null -a /dev/null
]],
  -- Without a database behind it, it agrees to TLS and no further.
  serves = { {
    service = "postgres", port = 5432, handshake = "postgres_ssl", ways = {}, unasked = false,
    tls = { sha256 = "$fingerprint" },
  } },
}
