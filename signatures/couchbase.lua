-- Couchbase data service: answers to HELLO and cluster commands in memcached's binary framing (Couchbase binary protocol).
return {
  protocol = "couchbase", reference = "Couchbase KV binary protocol", ports = { 11210 }, over = { "memcached" },
  starts = { "\129" },
  pattern = "\129" * S "\31\181\137\182" * P(2) * R "\0\20" * S "\0\1" * "\0" * (S "\0\32\36\1\7") * be(4, 0, 1048576) * P(12),
  examples = { ["\129\31\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\8\0\10"] = {} },
  not_this = { "\129\31\0\0\0\0\0\129\0\0\0\15" .. ("\0"):rep(12) .. "Unknown command" },
}
