-- RDP: X.224 connection confirm with or without a negotiation response (MS-RDPBCGR sections 2.2.1.2).
local confirm = "\3\0" * fits_be(2, 4, 11, 64)
local protocol = le_number("protocol", 4, 0, 31)

return {
  protocol = "rdp", reference = "MS-RDPBCGR", ports = { 3389 }, over = { "cotp" },
  starts = { "\3\0" },
  pattern = Ct(confirm * ("\14\208" * P(2) * P(2) * P(1)
    * ("\2" * P(1) * "\8\0" * protocol + "\3" * P(1) * "\8\0" * le_number("failure", 4, 1, 6))
    + "\6\208\0\0\18\52\0" * eos)),
  examples = {
    ["\3\0\0\19\14\208\0\0\18\52\0\2\31\8\0\2\0\0\0"] = { protocol = 2 },
    ["\3\0\0\19\14\208\0\0\18\52\0\3\0\8\0\5\0\0\0"] = { failure = 5 },
    ["\3\0\0\11\6\208\0\0\18\52\0"] = {},
  },
  not_this = { "\3\0\0\19\14\224\0\0\0\0\0\1\0\8\0\3\0\0\0", "\3\0\0\11\6\208\0\0\0\1\0" },
}
