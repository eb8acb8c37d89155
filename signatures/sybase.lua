-- Sybase ASE: extended errors and login answers in TDS 5 (TDS 5.0 Functional Specification).
return {
  protocol = "sybase", reference = "TDS 5.0 Functional Specification", ports = { 5000, 4100 },
  starts = { "\4" },
  pattern = "\4" * S "\0\1" * be(2, 12, 4096) * P(4) * (P "\229" * le(2, 12, 2048) * P(4)
    + "\173" * le(2, 10, 256) * S "\5\6\7" * "\5\0\0\0"),
  examples = { ["\4\1\0\40\0\0\0\0\229\29\0\162\15\0\0\1\14\5\90ZZZZZ\0\1\0\12Login failed"] = {} },
  not_this = { "\4\1\0\37\0\0\1\0\0\0\21\0\6\1\0\27\0\1\255" },
}
