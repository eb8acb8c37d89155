-- SOCKS 5: the chosen method, or a reply (RFC 1928 sections 3 and 6).
local reply = "\5" * R "\0\8" * "\0" * (S "\1\4" * P(6) + "\3" * counted_be(1, printable) * P(2))

return {
  protocol = "socks5", reference = "RFC 1928", ports = { 1080, 9050 },
  starts = { "\5" },
  maybe = "\5" * R "\0\8" * "\0" * ("\1" * P(6) * eos + "\4" * P(18) * eos)
    + "\5" * S "\0\255" * "\5" * R "\1\8" * "\0\1" * ("\0"):rep(6) * eos,
  weak = "\5" * (S "\0\2" + R "\3\255") * eos + reply + "\5\0" * reply,
  maybe_examples = { "\5\128", "\5\0\5\0\0\1\192\0\2\7\0\80", "\5\0\0\3\4host\0\80", "\5\0", "\5\255", "\5\1\0\1\0\0\0\0\0\0" },
  not_this = { "\5\1\0", "\5\2\0\2" },
}
