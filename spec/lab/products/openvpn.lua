-- OpenVPN over TCP, as a server of many.
return {
  title = "OpenVPN", package = "openvpn", tier = 1,
  start = [[
exec openvpn --dev lab --dev-type tun --proto tcp-server --port 1194 --server 198.18.9.0 255.255.255.0 \
  --topology subnet \
  --ca "$certificate" --cert "$certificate" --key "$key" --dh none --verb 1
]],
  serves = { { service = "openvpn", port = 1194, ways = {}, fields = { acknowledged = true } } },
}
