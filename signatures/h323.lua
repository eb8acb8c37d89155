-- H.323: call signalling messages of H.225.0 in TPKT (ITU-T H.225.0, Q.931).
local message = S "\1\2\3\7\13\90\98\110\123\125"

return {
  protocol = "h323", reference = "ITU-T H.225.0", ports = { 1720 },
  starts = { "\3\0" },
  pattern = Ct("\3\0" * be(2, 9, 4096) * "\8\2" * bits(0x80, 0x80) * P(1) * be_number("message", 1, 1, 125) * B(message)
    * S "\4\8\20\24\28\30\40\76\108\112\126"),
  weak = "\3\0" * be(2, 7, 4096) * eos,
  examples = { ["\3\0\0\30\8\2\128\1\90\8\2\128\149\126\0\12\5\33\128\6\0\8\145\74\0\3\0\0\0\0"] = { message = 90 } },
  maybe_examples = { "\3\0\0\43" },
  not_this = { "\3\0\0\30\8\2\0\1\5\4\3\136\192\165\126\0\9" },
}
