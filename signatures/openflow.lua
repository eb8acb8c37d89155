-- OpenFlow: a controller's or switch's HELLO, or its error for what is none (OpenFlow Switch Specification 1.3.5, section 7.5).
local bitmap = "\0\1\0\8" * P(4)

return {
  protocol = "openflow", reference = "OpenFlow Switch Specification 1.3.5", ports = { 6653, 6633 },
  starts = { R "\1\6" * S "\0\1" * "\0" }, first = R "\1\6",
  pattern = R "\4\6" * "\0\0\16" * P(4) * bitmap * #(eos + R "\1\6") + R "\1\6" * "\1" * fits_be(2, 4, 20, 512) * P(4) * "\0\0\0"
    * S "\0\1",
  weak = R "\1\6" * "\0\0\8" * P(4) * (eos + R "\1\6"),
  examples = { ["\4\0\0\16\0\0\0\9\0\1\0\8\0\0\0\16"] = {}, ["\4\1\0\20\0\0\0\0\0\0\0\0bad data"] = {} },
  maybe_examples = { "\1\0\0\8\0\0\0\1" },
  not_this = { "\4\0\0\16\0\0\0\9\0\9\0\8\0\0\0\16", "\1\0\0\9\0\0\0\1\0", "\9\0\0\16\0\0\0\9\0\1\0\8\0\0\0\16" },
}
