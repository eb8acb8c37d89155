-- FRRouting's daemons of BGP and LDP, for neighbours of any address; without a kernel's routes.
return {
  title = "FRRouting", package = "frr", tier = 2,
  start = [[
mkdir -p /run/frr /var/tmp/frr
chown frr:frr /run/frr /var/tmp/frr .
cat > bgpd.conf <<CONF
router bgp 64500
 bgp router-id 198.18.0.7
 no bgp ebgp-requires-policy
 neighbor lab peer-group
 neighbor lab remote-as 64496
 bgp listen range 198.19.255.0/24 peer-group lab
CONF
cat > ldpd.conf <<CONF
mpls ldp
 router-id 198.18.0.7
 address-family ipv4
  discovery transport-address $address
  discovery targeted-hello accept
  interface eth0
  exit
  neighbor $(getent hosts scanner | cut -d' ' -f1) targeted
 exit-address-family
CONF
/usr/lib/frr/zebra -d -A 127.0.0.1 --vty_socket "$run"
/usr/lib/frr/ldpd -d -f "$run/ldpd.conf" -A 127.0.0.1
exec /usr/lib/frr/bgpd -f "$run/bgpd.conf" -A 127.0.0.1
]],
  serves = {
    {
      service = "bgp", port = 179, ways = { "wait", "http", "tls", "newlines" },
      fields = { as_number = 64500, router_id = "198.18.0.7" },
    },
    -- It resets a neighbour's connection while another of the same address waits for its Hello, as those of `ways` do.
    {
      service = "ldp", port = 646, ways = {}, unasked = false,
      fields = { router_id = "198.18.0.7", label_space = 0, message = 1, status = 16 },
    },
  },
}
