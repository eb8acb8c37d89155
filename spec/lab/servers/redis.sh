# Redis: one process per port; those at unexpected ports are in protected mode and turn strangers away with -DENIED.
. "$(dirname "$0")/../lab_common.sh"

for port in $(lab_listeners redis | cut -d' ' -f2 | sort -un); do
  mapfile -t addresses < <(lab_listeners redis | awk -v port="$port" '$2 == port { print $1 }')
  protected=yes
  [ "$port" != 6379 ] || protected=no
  mkdir "$run/$port"
  chown redis: "$run/$port"
  # As long as it has no "bind" of its own and no password, protected mode is what it says.
  setpriv --reuid=redis --regid=redis --init-groups redis-server --port "$port" --bind "${addresses[@]}" --protected-mode "$protected" \
    --dir "$run/$port" --save "" --appendonly no --daemonize no --pidfile "$run/$port/pid" &
done
wait
