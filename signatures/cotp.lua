-- ISO transport on TCP: connection confirm, disconnect or error of something that says no more (RFC 1006, ISO 8073).
local header = "\3\0" * fits_be(2, 4, 7, 512)

return {
  protocol = "cotp", reference = "RFC 1006", ports = { 102 }, handshakes = { "cotp", "siemens", "mms" },
  starts = { "\3\0" },
  pattern = Ct(header * (R "\6\254" * bits(0xf0, 0xd0) * P(5) * #(S "\192\193\194" * R "\1\32") * set("connected", true)
    + R "\6\254" * "\128" * P(4) * be_number("disconnect", 1, 0, 138) * set("connected", false)
    + R "\4\254" * "\112" * P(2) * be_number("reject", 1, 0, 3) * set("connected", false))),
  maybe = header * "\6\208" * P(4) * R "\0\64" * eos,
  weak = "\3\0" * be(2, 7, 512) * (P "\2\240\128") ^ -1 * eos, -- the TPKT header in a segment of its own
  examples = {
    ["\3\0\0\22\17\208\0\1\0\6\0\192\1\10\193\2\0\1\194\2\0\1"] = { connected = true },
    ["\3\0\0\11\6\128\0\1\0\0\2"] = { connected = false, disconnect = 2 },
    ["\3\0\0\13\8\112\0\1\3\193\2\6\224"] = { connected = false, reject = 3 },
  },
  maybe_examples = { "\3\0\0\14", "\3\0\0\11\6\208\0\0\0\5\0" },
  not_this = { "\3\0\0\22\17\224\0\0\0\1\0\192\1\10\193\2\0\1\194\2\0\1" },
}
