-- MiniUPnPd: a gateway's UPnP.
return {
  title = "MiniUPnPd", package = "miniupnpd-nftables", packages = { "miniupnpd" }, tier = 2,
  start = [[
cat > miniupnpd.conf <<CONF
ext_ifname=eth0
listening_ip=$address/16
http_port=5000
enable_natpmp=no
enable_upnp=yes
secure_mode=yes
lease_file=$run/leases
uuid=2fac1234-31f8-11b4-a222-08002b34c003
friendly_name=Sonde lab
manufacturer_name=Lab
model_number=7
deny 0-65535 0.0.0.0/0 0-65535
CONF
exec miniupnpd -d -f "$run/miniupnpd.conf" -P "$run/pid"
]],
  serves = { {
    service = "http", port = 5000, handshake = "upnp", ways = { "http", "newlines" },
    fields = {
      status = 200, name = "Sonde lab", manufacturer = "Lab", model_number = "7", product = "MiniUPnPd", version = "$upstream",
      device = { "InternetGatewayDevice" },
    },
  } },
}
