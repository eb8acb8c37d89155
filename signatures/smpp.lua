-- SMPP: responses and generic_nack (SMPP 3.4 section 5.1).
return {
  protocol = "smpp", reference = "SMPP 3.4", ports = { 2775 },
  starts = { "\0\0" * P(2) * S "\0\128" * "\0" }, first = "\0",
  pattern = Ct(fits_be(4, 4, 16, 255) * "\128\0\0" * R "\0\21" * be_number("status", 4, 0, 1279) * P(4)),
  weak = fits_be(4, 4, 16, 4096) * S "\0\128" * "\0" * R "\0\1" * R "\1\21" * P(8),
  maybe_examples = { "\0\0\0\16\0\0\0\21\0\0\0\0\0\0\0\1" },
  examples = { ["\0\0\0\16\128\0\0\0\0\0\0\3\0\0\0\1"] = { status = 3 } },
  not_this = { "\0\0\0\16\0\0\0\21\0\0\0\0\0\0\0\1" },
}
