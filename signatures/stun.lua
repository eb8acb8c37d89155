-- STUN and TURN over TCP: responses with the magic cookie (RFC 8489 section 5).
return {
  protocol = "stun", reference = "RFC 8489", ports = { 3478, 5349 },
  starts = { "\1" },
  pattern = Ct("\1" * S "\1\3\4\17\19\20" * be(2, 0, 2048) * "\33\18\164\66" * P(12)
    * (P(2) * skip_be(2) - "\128\34" ) ^ -12 * ("\128\34" * Cg(counted_be(2, printable), "server")) ^ -1),
  examples = { ["\1\1\0\12\33\18\164\66abcdefghijkl\128\34\0\8Relay1.2"] = { server = "Relay1.2" } },
  not_this = { "\0\1\0\0\33\18\164\66abcdefghijkl" },
}
