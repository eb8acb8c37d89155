-- GoBGP: BGP with neighbours of any address.
return {
  title = "GoBGP", package = "gobgpd", tier = 2,
  start = [=[
cat > gobgp.toml <<CONF
[global.config]
  as = 64500
  router-id = "198.18.0.1"
  port = 179
[[peer-groups]]
  [peer-groups.config]
    peer-group-name = "lab"
    peer-as = 64496
  [peer-groups.ebgp-multihop.config]
    enabled = true
    multihop-ttl = 255
[[dynamic-neighbors]]
  [dynamic-neighbors.config]
    prefix = "198.19.255.0/24"
    peer-group = "lab"
CONF
exec gobgpd -f gobgp.toml
]=],
  single = true,
  serves = { {
    service = "bgp", port = 179, ways = { "wait" }, fields = { as_number = 64500, router_id = "198.18.0.1" },
  } },
}
