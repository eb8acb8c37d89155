-- PgBouncer before no PostgreSQL.
return {
  title = "PgBouncer", package = "pgbouncer", tier = 2,
  start = [[
cat > pgbouncer.ini <<CONF
[databases]
[pgbouncer]
listen_addr = 0.0.0.0
listen_port = 6432
unix_socket_dir =
auth_type = md5
auth_file = $run/users
CONF
: > users
exec pgbouncer -u nobody pgbouncer.ini
]],
  serves = { {
    service = "postgres", port = 6432, ways = { "http", "tls" }, fields = { severity = "FATAL", code = "08P01" },
  } },
}
