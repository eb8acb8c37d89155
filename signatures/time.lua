-- Time: 32 bits of seconds since 1900 (RFC 868); so little that only the port makes it a time.
return {
  protocol = "time", reference = "RFC 868", ports = { 37 },
  starts = { R "\198\255" },
  first = R "\198\255", weak = R "\198\255" * P(3) * P "\0\0\0\0" ^ -1 * eos,   -- some send 64 bits
  maybe_examples = { "\233\60\112\128", "\238\173\107\61\0\0\0\0" },
  not_this = { "\0\0\0\0" },
}
