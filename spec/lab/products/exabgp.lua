-- ExaBGP, which waits for its neighbour.
return {
  title = "ExaBGP", package = "exabgp", tier = 2,
  start = [[
cat > exabgp.conf <<CONF
neighbor $(getent hosts scanner | cut -d' ' -f1) {
  router-id 198.18.0.9;
  local-address $address;
  local-as 64500;
  peer-as 64496;
  passive true;
}
CONF
export exabgp_tcp_bind=$address exabgp_tcp_port=179 exabgp_daemon_user=root exabgp_api_cli=false
exec exabgp exabgp.conf
]],
  single = true,
  serves = { {
    service = "bgp", port = 179, ways = { "wait", "http", "tls", "newlines" },
    fields = { as_number = 64500, router_id = "198.18.0.9" },
  } },
}
