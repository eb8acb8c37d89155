-- RabbitMQ: AMQP 0-9-1.
return {
  title = "RabbitMQ", package = "rabbitmq-server", tier = 2,
  start = [[
echo 'listeners.tcp.1 = 0.0.0.0:5672' > rabbitmq.conf
: > enabled_plugins
mkdir mnesia log
chown -R rabbitmq: .
export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_NODENAME=lab@localhost RABBITMQ_CONFIG_FILE="$run/rabbitmq.conf" \
  RABBITMQ_ENABLED_PLUGINS_FILE="$run/enabled_plugins" RABBITMQ_MNESIA_BASE="$run/mnesia" RABBITMQ_LOG_BASE="$run/log" \
  RABBITMQ_LOGS=- RABBITMQ_PID_FILE="$run/pid.rabbit" LANG=C.UTF-8
exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups /usr/lib/rabbitmq/bin/rabbitmq-server
]],
  serves = { {
    service = "amqp", port = 5672, ways = { "http", "tls" },
    fields = { product = "RabbitMQ", version = "$upstream", protocol_version = "0.9" },
  } },
}
