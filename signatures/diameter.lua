-- Diameter: answers to capabilities exchange and watchdog, or errors (RFC 6733 section 3).
return {
  protocol = "diameter", reference = "RFC 6733", ports = { 3868 },
  starts = { "\1" * P(3) * bits(0x0f, 0) }, first = "\1",
  pattern = "\1" * fits_be(3, 4, 20, 8192) * bits(0x8f, 0) * "\0\1" * S "\1\24\26" * P(4) * P(8),
  weak = "\1" * fits_be(3, 4, 20, 65535) * bits(0x0f, 0) * "\0" * R "\0\1" * P(1) * P(4) * P(8),   -- a peer asks, too
  maybe_examples = { "\1\0\0\20\128\0\1\24\0\0\0\0\0\0\0\1\0\0\0\1" },
  examples = { ["\1\0\0\32\0\0\1\1\0\0\0\0\0\0\0\1\0\0\0\1\0\0\1\12\64\0\0\12\0\0\7\209"] = {} },
  not_this = { "\1\0\0\20\128\0\1\1\0\0\0\0\0\0\0\1\0\0\0\1" },
}
