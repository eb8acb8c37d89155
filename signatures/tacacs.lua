-- TACACS+: a server's reply, which has an even sequence number (RFC 8907 section 4.1).
return {
  protocol = "tacacs", reference = "RFC 8907", ports = { 49 },
  starts = { S "\192\193" * S "\1\2\3" * S "\2\4\6" },
  first = "\192\193",
  pattern = S "\192\193" * S "\1\2\3" * S "\2\4\6" * S "\0\1\4\5" * P(4) * all_be(4, 0, 5, 4096),
  examples = { ["\192\1\2\1sess\0\0\0\6\7\0\0\0\0\0"] = {} },
  not_this = { "\192\1\1\1sess\0\0\0\6\7\0\0\0\0\0", "\192\1\2\1sess\0\0\0\9\7" },
}
