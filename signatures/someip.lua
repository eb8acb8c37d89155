-- SOME/IP over TCP: responses and errors (AUTOSAR SOME/IP protocol specification).
return {
  protocol = "someip", reference = "AUTOSAR SOME/IP", ports = { 30490, 30501 },
  starts = { P(12) * "\1" },
  pattern = P(4) * fits_be(4, 0, 8, 65536) * P(4) * "\1" * P(1) * S "\128\129" * R "\0\15",
  examples = { ["\18\52\0\1\0\0\0\8\0\1\0\1\1\1\129\2"] = {} }, not_this = { "\18\52\0\1\0\0\0\8\0\1\0\1\1\1\0\0" },
}
