# MariaDB, at its assigned port; its tables are made once and unpacked for each run.
. "$(dirname "$0")/../lab_common.sh"

template=$lab_home/templates/mariadb-$(dpkg-query -W -f '${Version}' mariadb-server-core | tr -c 'A-Za-z0-9.\n' _).tar
options=(--no-defaults --user=nobody --datadir="$run/data" --innodb-log-file-size=4M --innodb-buffer-pool-size=16M)
mkdir "$run/data" "$run/tmp"
chown nobody: "$run" "$run/data" "$run/tmp"
if [ -f "$template" ]; then
  tar -xf "$template" -C "$run"
else
  # What mariadb-install-db would do, without the client package that it needs.
  {
    printf '%s;\n' "CREATE DATABASE mysql" "USE mysql" "SET @auth_root_socket = NULL" "SET @skip_auth_anonymous_user = 1"
    cat /usr/share/mysql/mysql_system_tables.sql /usr/share/mysql/mysql_performance_tables.sql \
      /usr/share/mysql/mysql_system_tables_data.sql
  } | mariadbd "${options[@]}" --tmpdir="$run/tmp" --bootstrap --lc-messages-dir=/usr/share/mysql
  tar -cf "$run/new.tar" -C "$run" data
  cp "$run/new.tar" "$template.part"
  mv "$template.part" "$template"
fi

# Anyone may ask, nobody may in: a greeting for every address, not "host is not allowed to connect".
echo "CREATE USER IF NOT EXISTS 'lab'@'%' ACCOUNT LOCK;" > "$run/init.sql"
exec mariadbd "${options[@]}" --tmpdir="$run/tmp" --socket="$run/socket" --pid-file="$run/pid" --init-file="$run/init.sql" \
  --bind-address="$(lab_addresses mysql | paste -sd,)" --port=3306 --skip-name-resolve --skip-log-bin \
  --max-connections=1000 --max-connect-errors=4294967295
