-- OpenBGPD: BGP with neighbours of any address.
return {
  title = "OpenBGPD", package = "openbgpd", tier = 2,
  start = [[
cat > bgpd.conf <<CONF
AS 64500
router-id 198.18.0.1
fib-update no
socket "$run/socket"
neighbor 198.19.255.0/24 {
  remote-as 64496
  multihop 8
  passive
}
CONF
chmod 600 bgpd.conf
mkdir -p "$(getent passwd _openbgpd | cut -d: -f6)"
exec bgpd -d -f "$run/bgpd.conf"
]],
  single = true,
  serves = { {
    service = "bgp", port = 179, ways = { "wait", "http", "tls", "newlines" },
    fields = { as_number = 64500, router_id = "198.18.0.1" },
  } },
}
