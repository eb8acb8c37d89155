-- MariaDB, to which anybody may come and nobody may log in.
return {
  title = "MariaDB", package = "mariadb-server-core", tier = 2,
  start = [[
options=(--no-defaults --user=nobody --datadir="$run/data" --tmpdir="$run" --innodb-log-file-size=4M
  --innodb-buffer-pool-size=8M)
mkdir data
chown nobody: data
{
  printf '%s;\n' "CREATE DATABASE mysql" "USE mysql" "SET @auth_root_socket = NULL" "SET @skip_auth_anonymous_user = 1"
  cat /usr/share/mysql/mysql_{system_tables,performance_tables,system_tables_data}.sql
} | mariadbd "${options[@]}" --bootstrap --lc-messages-dir=/usr/share/mysql
echo "CREATE USER IF NOT EXISTS 'lab'@'%' ACCOUNT LOCK;" > init.sql
exec mariadbd "${options[@]}" --socket="$run/socket" --pid-file="$run/pid" --init-file="$run/init.sql" \
  --bind-address=0.0.0.0 \
  --port=3306 --skip-name-resolve --skip-log-bin --max-connect-errors=4294967295
]],
  serves = { {
    service = "mysql", port = 3306, ways = { "wait", "http", "tls", "newlines" },
    fields = { version = { "${upstream}-MariaDB" }, protocol = 10 },
  } },
}
