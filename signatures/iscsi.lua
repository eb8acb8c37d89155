-- iSCSI: login response or reject (RFC 7143 sections 11.13 and 11.17).
return {
  protocol = "iscsi", reference = "RFC 7143", ports = { 3260 },
  starts = { S "#?" }, first = "#?",
  pattern = P "#" * P(1) * "\0\0\0" * be(3, 0, 8192) * P(12) * "\0\0\0\0" * P(12) * "\0" * S "\0\1\2\3" * #P(10)
    + P "?\128" * R "\2\12" * "\0\0" * be(3, 48, 8192) * ("\0"):rep(8) * "\255\255\255\255",
  examples = {
    ["#\135\0\0\0\0\0\0" .. ("i"):rep(12) .. "\0\0\0\0" .. ("s"):rep(12) .. "\0\2" .. ("\0"):rep(10)] = {},
  },
  not_this = { "C\135\0\0\0\0\0\99", "# munin node at x.example\n" },
}
