-- Time: 32 bits of seconds since 1900 (RFC 868); so little that only the port makes it a time.
return {
  protocol = "time", reference = "RFC 868", ports = { 37 },
  starts = { R "\198\255" }, weak = R "\198\255" * P(3) * eos,
  maybe_examples = { "\233\60\112\128" },
  not_this = { "\0\0\0\0" },
}
