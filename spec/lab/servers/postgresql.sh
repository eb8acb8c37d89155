# PostgreSQL, at its assigned port; its cluster is made once and unpacked for each run. It refuses to run as root.
. "$(dirname "$0")/../lab_common.sh"

programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
template=$lab_home/templates/postgresql-$("$programs/postgres" --version | awk '{ print $3 }').tar
as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)
chown postgres: "$run"
if [ -f "$template" ]; then
  tar -xf "$template" -C "$run"
else
  "${as_postgres[@]}" "$programs/initdb" -D "$run/data" --auth=reject --no-sync --locale=C --encoding=UTF8
  tar -cf "$run/new.tar" -C "$run" data
  cp "$run/new.tar" "$template.part"
  mv "$template.part" "$template"
fi
echo "host all all all scram-sha-256" > "$run/data/pg_hba.conf"
exec "${as_postgres[@]}" "$programs/postgres" -D "$run/data" -c fsync=off -c unix_socket_directories= -c ssl=off \
  -c listen_addresses="$(lab_addresses postgres | paste -sd,)" -c port=5432 -c max_connections=500 -c shared_buffers=16MB
