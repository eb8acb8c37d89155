-- BitTorrent: a peer's handshake (BEP 3); a client sends the same, so it counts only as an answer to something else.
return {
  protocol = "bittorrent", reference = "BEP 3", ports = { 6881 },
  starts = { "\19BitTorrent protocol" }, unasked = P "\19BitTorrent protocol" * P(48),
  unasked_examples = { "\19BitTorrent protocol" .. ("x"):rep(48) },
  not_this = { "\19BitTorrent protocol" },
}
