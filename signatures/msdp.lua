-- MSDP: keepalives and sources of a peer (RFC 3618 section 12); so little that its port has to say it, too.
return {
  protocol = "msdp", reference = "RFC 3618", ports = { 639 },
  starts = { S "\1\4" }, first = "\1\4", weak = "\4\0\3" * (eos + S "\1\4") + "\1" * be(2, 8, 9192) * P(1) * P(4),
  maybe_examples = { "\4\0\3", "\1\0\20\1\192\0\2\7\0\0\0\32" .. ("\239"):rep(8) },
  not_this = { "\4\0\3", "\2\0\8" },
}
