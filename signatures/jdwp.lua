-- JDWP: the handshake, answered by a reply packet to the command sent with it (JDWP specification). The handshake alone is
-- what a client sends, so that alone it names nothing.
return {
  protocol = "jdwp", reference = "Java Debug Wire Protocol", ports = { 5005, 8000, 8453 },
  starts = { "JDWP-Handshake" },
  pattern = "JDWP-Handshake\0" * be(3, 11, 65536) * P(4) * (P "\128\0" + "\0" * R "\0\63" * "\64\100"),
  examples = { ["JDWP-Handshake\0\0\0\11\0\0\0\1\128\0\0"] = {} },
  not_this = { "JDWP-Handshake", "JDWP-Handshake\0\0\0\11\0\0\0\1\0\1\1" },
}
