-- PostgreSQL, which wants a password.
return {
  title = "PostgreSQL", package = "postgresql-15", packages = { "postgresql" }, tier = 2,
  start = [[
programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
mkdir data
chown postgres: data
as=(setpriv --reuid=postgres --regid=postgres --init-groups)
"${as[@]}" "$programs/initdb" -D "$run/data" --auth=trust --no-sync --locale=C --encoding=UTF8 > /dev/null
echo 'host all all all scram-sha-256' > data/pg_hba.conf
exec "${as[@]}" "$programs/postgres" -D "$run/data" -c fsync=off -c unix_socket_directories= -c ssl=off \
  -c listen_addresses=0.0.0.0 -c shared_buffers=8MB
]],
  serves = {
    { service = "postgres", port = 5432, ways = {}, fields = { severity = "FATAL", code = { any = true } } },
    { service = "postgres", port = 5432, handshake = "postgres_ssl", fields = { tls = false } },
  },
}
