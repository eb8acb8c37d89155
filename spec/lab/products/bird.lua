-- BIRD: BGP with neighbours of any address.
return {
  title = "BIRD", package = "bird2", tier = 1,
  start = [[
cat > bird.conf <<CONF
log stderr all;
router id 198.18.0.1;
protocol device {}
protocol bgp lab {
  local as 64500;
  neighbor range 198.19.255.0/24 as 64496;
  multihop;
  error wait time 1, 1;
  error forget time 1;
  dynamic name "lab";
  ipv4 { import none; export none; };
}
CONF
exec bird -f -c bird.conf -s "$run/socket" -P "$run/pid"
]],
  single = true,
  serves = { {
    service = "bgp", port = 179, ways = { "wait", "http" },
    fields = { as_number = 64500, router_id = "198.18.0.1", hold_time = 240 },
  } },
}
