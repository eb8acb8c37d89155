-- Modbus TCP: exceptions and responses whose counts agree (Modbus Application Protocol 1.1b3).
local header = P(2) * "\0\0" * all_be(2, 0, 3, 254) * P(1)
local counted = all_be(1, 0, 1, 250)
local identification = "\43\14" * R "\1\4" * S "\1\2\3\129\130\131" * S "\0\255" * P(1) * R "\0\20"
local texts = (be_number("object", 1, 0, 255) * Cg(counted_be(1, printable), "vendor")) ^ -1

return {
  protocol = "modbus", reference = "Modbus Application Protocol 1.1b3", ports = { 502 },
  starts = { P(2) * "\0\0\0" },
  pattern = Ct(header * (bits(0x80, 0x80) * be_number("exception", 1, 1, 11) * eos
    + S "\1\2\3\4\12\17\23" * counted + identification * texts)),
  -- a write, which repeats its request; any other function, exceptions with codes of their own; several answers at once
  weak = P(2) * "\0\0" * fits_be(2, 0, 3, 254) * P(1) * (R "\5\8" + R "\11\24" + R "\44\45" + R "\65\110"
    + bits(0x80, 0x80) + S "\1\2\3\4" * fits_be(1, 0, 1, 250)),
  maybe_examples = { "\0\1\0\0\0\3\1\7\16", "\0\1\0\0\0\7\1\90\0\254\2\3\4", "\0\1\0\0\0\3\1\131\128",
    "\0\1\0\0\0\6\1\6\0\1\0\3" },
  examples = {
    ["\0\1\0\0\0\3\1\171\1"] = { exception = 1 },
    ["\0\1\0\0\0\5\1\3\2\0\7"] = {},
    ["\0\1\0\0\0\17\1\43\14\1\1\0\0\1\0\7Example"] = { object = 0, vendor = "Example" },
  },
  not_this = { "\0\1\0\0\0\5\1\43\14\1\0", "\0\1\0\0\0\6\1\3\0\0\0\2", "\0\1\0\0\0\2\1\17" },
}
