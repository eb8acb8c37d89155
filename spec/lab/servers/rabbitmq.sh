# RabbitMQ: AMQP 0-9-1 only; epmd and the distribution port stay on the loopback address.
. "$(dirname "$0")/../lab_common.sh"

lab_listeners amqp | awk '{ printf "listeners.tcp.%d = %s:%s\n", NR, $1, $2 }' > "$run/rabbitmq.conf"
: > "$run/enabled_plugins"
mkdir "$run/mnesia" "$run/log"
chown -R rabbitmq: "$run"
export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_NODENAME=lab@localhost RABBITMQ_CONFIG_FILE="$run/rabbitmq.conf" \
  RABBITMQ_ENABLED_PLUGINS_FILE="$run/enabled_plugins" RABBITMQ_MNESIA_BASE="$run/mnesia" RABBITMQ_LOG_BASE="$run/log" \
  RABBITMQ_LOGS=- RABBITMQ_PID_FILE="$run/pid" RABBITMQ_DIST_PORT=44369 ERL_EPMD_ADDRESS=127.0.0.1 \
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' HOME="$run" LANG=C.UTF-8
exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups /usr/lib/rabbitmq/bin/rabbitmq-server
