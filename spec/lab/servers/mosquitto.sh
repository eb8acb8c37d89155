# Mosquitto: an MQTT broker that lets anyone connect.
. "$(dirname "$0")/../lab_common.sh"

{
  echo "user mosquitto"
  echo "allow_anonymous true"
  echo "persistence false"
  echo "log_dest stderr"
  lab_listeners mqtt | awk '{ print "listener", $2, $1 }'
} > "$run/mosquitto.conf"
exec mosquitto -c "$run/mosquitto.conf"
