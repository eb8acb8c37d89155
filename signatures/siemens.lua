-- Siemens S7: COTP connection confirm with S7's TSAPs, then S7comm (RFC 1006, ISO 8073).
local confirm = "\3\0" * fits_be(2, 4, 11, 256) * P(1) * bits(0xf0, 0xd0) * P(4) * P(1)
local parameter = S "\192\193\194" * skip_be(1)
local slot = S "\193\194" * "\2" * R "\1\6" * R "\0\63"
local simatic = S "\193\194" * P(1) * (P "SIMATIC" + "SNOPCC")
local data = "\3\0" * be(2, 14, 4096) * "\2\240\128" * ("2" * S "\2\3\7" * "\0\0" + "r" * R "\1\3" * be(2, 4, 4096))

return {
  protocol = "siemens", reference = "RFC 1006, ISO 8073", ports = { 102 }, handshakes = { "siemens", "s7" }, over = { "cotp" },
  starts = { "\3\0" },
  pattern = Ct(confirm * (parameter - slot - simatic) ^ 0 * (simatic + slot * (parameter - slot) ^ 0 * (slot + eos)) + data),
  weak = "\3\0\0\7\2\240\128" * eos,
  maybe_examples = { "\3\0\0\7\2\240\128" },
  examples = {
    ["\3\0\0\22\17\208\0\1\0\6\0\192\1\10\193\2\1\0\194\2\1\2"] = {},
    ["\3\0\0\20\2\240\128\50\3\0\0\0\1\0\0\0\0\0\0\0"] = {},
  },
  not_this = { "\3\0\0\22\17\224\0\0\0\1\0\192\1\10\193\2\1\0\194\2\1\2", "\3\0\0\11\6\208\0\0\18\52\0" },
}
