-- BitTorrent: a peer's handshake (BEP 3); both sides send the same, and Sonde does not.
return {
  protocol = "bittorrent", reference = "BEP 3", ports = { 6881 },
  starts = { "\19BitTorrent protocol" }, pattern = P "\19BitTorrent protocol" * P(48),
  examples = { ["\19BitTorrent protocol" .. ("x"):rep(48)] = {} },
  not_this = { "\19BitTorrent protocol" },
}
