-- FRRouting's daemon of LDP, without a kernel's labels.
return {
  title = "FRRouting", package = "frr", tier = 2,
  start = [[
mkdir -p /run/frr /var/tmp/frr
chown frr:frr /run/frr /var/tmp/frr .
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
exec /usr/lib/frr/ldpd -f "$run/ldpd.conf" -A 127.0.0.1
]],
  serves = {
    -- It resets a neighbour's connection while another of the same address waits for its Hello, as those of `ways` do.
    {
      service = "ldp", port = 646, ways = {}, unasked = false,
      fields = { router_id = "198.18.0.7", label_space = 0, message = 1, status = 16 },
    },
  },
}
