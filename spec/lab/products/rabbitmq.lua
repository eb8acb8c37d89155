-- RabbitMQ: AMQP 0-9-1 and 1.0, STOMP and MQTT.
return {
  title = "RabbitMQ", package = "rabbitmq-server", tier = 2,
  start = [[
echo 'listeners.tcp.1 = 0.0.0.0:5672' > rabbitmq.conf
echo '[rabbitmq_amqp1_0,rabbitmq_stomp,rabbitmq_mqtt].' > enabled_plugins
mkdir mnesia log
chown -R rabbitmq: .
export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_NODENAME=lab@localhost RABBITMQ_CONFIG_FILE="$run/rabbitmq.conf" \
  RABBITMQ_ENABLED_PLUGINS_FILE="$run/enabled_plugins" RABBITMQ_MNESIA_BASE="$run/mnesia" RABBITMQ_LOG_BASE="$run/log" \
  RABBITMQ_LOGS=- RABBITMQ_PID_FILE="$run/pid.rabbit" LANG=C.UTF-8
exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups /usr/lib/rabbitmq/bin/rabbitmq-server
]],
  serves = {
    {
      service = "amqp", port = 5672, ways = { "http", "tls" },
      fields = { product = "RabbitMQ", version = "$upstream", protocol_version = "0.9" },
    },
    { service = "amqp", port = 5672, handshake = "amqp1", fields = { mechanisms = { "PLAIN" } } },
    { service = "stomp", port = 61613, ways = {}, fields = { versions = "1.0 1.1 1.2" } },
    { service = "mqtt", port = 1883, ways = {}, fields = { code = 5 } },
  },
}
