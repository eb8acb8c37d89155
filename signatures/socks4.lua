-- SOCKS 4: the 8 bytes of a reply (SOCKS protocol version 4, reply codes 90 to 93).
return {
  protocol = "socks4", reference = "SOCKS Protocol Version 4", ports = { 1080 },
  starts = { S "\0\4" * R "\90\93" }, first = "\0\4",
  maybe = "\0" * R "\90\93" * ("\0"):rep(6) * eos,
  weak = S "\0\4" * R "\90\93" * P(6) * eos,
  maybe_examples = { "\4\90\0\0\0\0\0\0", "\0\91\0\0\0\0\0\0", "\0\90\31\64\192\0\2\7" },
  not_this = { "\4\1\0\80\192\0\2\7\0" },
}
