-- RDP: X.224 connection confirm with or without a negotiation response (MS-RDPBCGR section 2.2.1.2), and what ends an
-- MCS domain at once (section 2.2.2.3; T.125 section 7): a disconnect provider ultimatum, its reason in three bits.
local confirm = "\3\0" * fits_be(2, 4, 11, 64)
local ultimatum = "\3\0\0\9\2\240\128" * S "\32\33\34" * S "\0\128" * eos
local protocol = le_number("protocol", 4, 0, 31)

return {
  protocol = "rdp", reference = "MS-RDPBCGR", ports = { 3389 },
  starts = { "\3\0" },
  pattern = Ct(confirm * ("\14\208" * P(2) * P(2) * P(1)
    * ("\2" * P(1) * "\8\0" * protocol + "\3" * P(1) * "\8\0" * le_number("failure", 4, 1, 6))
    + "\6\208\0\0\18\52\0" * eos) + ultimatum * Cg(Cc(true), "ultimatum")),
  -- the oldest servers confirm without saying more, as any ISO transport may
  maybe = Ct(confirm * "\6\208" * P(4) * "\0" * eos),
  -- an answer to MCS Connect Initial, and what comes after it (T.125 section 7; MS-RDPBCGR 2.2.1.4)
  weak = "\3\0" * be(2, 9, 32767) * "\2\240\128" * ("\127\102" * der + S "\46\62\104" * P(1)),
  maybe_examples = { "\3\0\0\11\2\240\128\46\0\0\6", "\3\0\0\11\6\208\0\0\0\0\0", "\3\0\1\81\2\240\128\127\102\130\1\69\10\1\0" },
  examples = {
    ["\3\0\0\19\14\208\0\0\18\52\0\2\31\8\0\2\0\0\0"] = { protocol = 2 },
    ["\3\0\0\19\14\208\0\0\18\52\0\3\0\8\0\5\0\0\0"] = { failure = 5 },
    ["\3\0\0\11\6\208\0\0\18\52\0"] = {},
    ["\3\0\0\9\2\240\128\33\128"] = { ultimatum = true },
  },
  not_this = { "\3\0\0\19\14\224\0\0\0\0\0\1\0\8\0\3\0\0\0", "\3\0\0\11\6\224\0\0\0\1\0", "\3\0\0\9\2\240\128\104\0" },
}
