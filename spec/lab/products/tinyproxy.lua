-- Tinyproxy, which anyone may use and which can reach nothing.
return {
  title = "Tinyproxy", package = "tinyproxy-bin", tier = 1,
  start = [[
cat > tinyproxy.conf <<CONF
User nobody
Group nogroup
Port 8888
Listen 0.0.0.0
Timeout 20
LogLevel Warning
MaxClients 50
CONF
exec tinyproxy -d -c tinyproxy.conf
]],
  serves = { { service = "http", port = 8888, ways = { "http" }, fields = { server = "tinyproxy/$upstream" } } },
}
