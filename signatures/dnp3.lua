-- DNP3: data link frames of an outstation (IEEE 1815 section 9.2): the direction bit is clear.
local secondary = bits(0xe0, 0x00)                 -- ACK, NACK, LINK STATUS, NOT SUPPORTED
local data = S "\67\68\83\115"                      -- (UN)CONFIRMED USER DATA
local response = P(1) * P(1) * S "\129\130\131"     -- transport and application control; (UNSOLICITED) RESPONSE

return {
  protocol = "dnp3", reference = "IEEE 1815", ports = { 20000 },
  starts = { "\5d" },
  pattern = Ct("\5d" * (S "\0\5" * #S "\0\1\11\15\16\17\27\31" * secondary * le_number("destination", 2, 0, 65535)
      * le_number("source", 2, 0, 65535) * P(2) * eos
    + R "\8\255" * data * le_number("destination", 2, 0, 65535) * le_number("source", 2, 0, 65535) * P(2) * response)),
  weak = "\5d" * R "\5\255" * bits(0x80, 0) * P(6),
  maybe_examples = { "\5d\8\64\1\0\0\4\1\2abc" },
  examples = {
    ["\5d\5\11\1\0\0\4\100\64"] = { destination = 1, source = 1024 },
    ["\5d\10\68\1\0\10\0\110\37\192\192\129\0\1\194\222"] = { destination = 1, source = 10 },
  },
  not_this = { "\5d\5\201\10\0\1\0\1\2", "\5d\10\196\10\0\1\0\1\2\192\192\1\2\3\4\5" },
}
