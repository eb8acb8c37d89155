-- Quote of the day: a text on its own port (RFC 865).
return {
  protocol = "qotd", reference = "RFC 865", ports = { 17 }, handshakes = {},
  starts = { text }, weak = text ^ 20 * eos,
  maybe_examples = { "\"Simplicity is prerequisite for reliability.\"\r\n - E. W. Dijkstra\r\n" },
  not_this = { "short\r\n" },
}
