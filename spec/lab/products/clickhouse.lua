-- ClickHouse: its own protocol, and HTTP.
return {
  title = "ClickHouse", package = "clickhouse-server", tier = 2,
  start = [[
mkdir data tmp
cat > config.xml <<CONF
<yandex>
  <logger><level>error</level><console>1</console></logger>
  <listen_host>0.0.0.0</listen_host>
  <http_port>8123</http_port>
  <tcp_port>9000</tcp_port>
  <path>$run/data/</path>
  <tmp_path>$run/tmp/</tmp_path>
  <mark_cache_size>5368709</mark_cache_size>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
</yandex>
CONF
cat > users.xml <<CONF
<yandex>
  <profiles><default></default></profiles>
  <quotas><default></default></quotas>
  <users><default>
    <password></password><profile>default</profile><quota>default</quota><networks><ip>::/0</ip></networks>
  </default></users>
</yandex>
CONF
exec clickhouse-server --config-file="$run/config.xml"
]],
  serves = {
    { service = "http", port = 8123, ways = { "http", "tls", "newlines" }, fields = { status = 200 } },
    { service = "clickhouse", port = 9000, handshake = false, ways = { "http", "tls", "newlines" } },
  },
}
