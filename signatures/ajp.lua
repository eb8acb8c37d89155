-- AJP 1.3: CPong, headers, body or end of a response from a servlet container (AJPv13 protocol reference).
return {
  protocol = "ajp", reference = "AJPv13", ports = { 8009 },
  starts = { "AB" },
  weak = "AB\0\3\6\31\250" * eos,
  maybe_examples = { "AB\0\3\6\31\250" },
  pattern = "AB" * ("\0\1\9" * eos + be(2, 8, 8192) * "\4" * be(2, 100, 599) * be(2, 0, 512) + "\0\2\5" * S "\0\1" * eos),
  examples = { ["AB\0\1\9"] = {}, ["AB\0\20\4\1\147\0\9Forbidden\0\0\0\0"] = {} },
  not_this = { "\18\52\0\1\10", "ABC" },
}
