-- RPKI to Router: answers of a cache (RFC 8210 section 5).
local function pdu(kind, length) return R "\0\2" * kind * P(2) * length end

return {
  protocol = "rpki_rtr", reference = "RFC 8210", ports = { 323, 3323, 8282 },
  starts = { R "\0\2" * S "\0\3\8\10" }, first = R "\0\2",
  -- an error quotes the PDU it is about, and says in words what was wrong
  pattern = R "\0\2" * "\10\0" * R "\0\9" * fits_be(4, 8, 16, 4096) * be(4, 0, 4096) * #P(4),
  weak = pdu("\3", "\0\0\0\8") + pdu("\0", "\0\0\0\12") * P(4) + pdu("\8", "\0\0\0\8"),
  examples = { ["\1\10\0\3\0\0\0\34\0\0\0\8GET / HT\0\0\0\10bad header"] = {} },
  maybe_examples = { "\1\3\18\52\0\0\0\8", "\0\8\0\0\0\0\0\8" },
  not_this = { "\1\2\0\0\0\0\0\8", "\1\10\0\77\0\0\0\34\0\0\0\8" },
}
