-- Knot Resolver.
return {
  title = "Knot Resolver", package = "knot-resolver", tier = 2,
  start = [[
cat > kresd.conf <<CONF
net.listen("0.0.0.0", 53, { kind = "dns" })
modules.unload("ta_update")
modules.unload("priming")
trust_anchors.remove(".")
CONF
exec kresd --noninteractive -c "$run/kresd.conf" "$run"
]],
  serves = { { service = "dns", port = 53, ways = {}, fields = { answers = 0 } } },
}
