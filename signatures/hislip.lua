-- HiSLIP: InitializeResponse and errors of an instrument (IVI-6.1, section 2.1 and table 4).
local kind = "\1" * S "\0\1" * R "\1\9" * R "\0\9" * P(2) + S "\2\3" * R "\0\20" * P(4)

return {
  protocol = "hislip", reference = "IVI-6.1", ports = { 4880 },
  starts = { "HS" * S "\1\2\3" },
  pattern = "HS" * kind * "\0\0\0\0" * be(4, 0, 65536),
  examples = { ["HS\1\0\2\0\0\7" .. ("\0"):rep(8)] = {}, ["HS\2\1\0\0\0\0\0\0\0\0\0\0\0\8Bad head"] = {} },
  not_this = { "HS\1\0\2\0\0\7\1\0\0\0\0\0\0\0", "HS\0\0\2\0XX" .. ("\0"):rep(8), "HS: hello\r\n" },
}
