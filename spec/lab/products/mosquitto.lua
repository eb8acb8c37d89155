-- Mosquitto, which lets anyone connect.
return {
  title = "Mosquitto", package = "mosquitto", tier = 1,
  start = [[
cat > mosquitto.conf <<CONF
user nobody
allow_anonymous true
persistence false
log_dest stderr
listener 1883 0.0.0.0
listener 1884 0.0.0.0
CONF
exec mosquitto -c mosquitto.conf
]],
  serves = {
    { service = "mqtt", port = 1883, ways = {}, fields = { code = 0 } },
    { service = "mqtt", port = 1884, handshake = "mqtt5", ways = {}, unasked = false, fields = { code = 0 } },
  },
}
