-- LDP: initialization, keepalive and notification on the session's connection (RFC 5036 section 3.1).
local router = P(4) - "\192\0\2\1"   -- our own word for ourselves, which comes back from who repeats it

return {
  protocol = "ldp", reference = "RFC 5036", ports = { 646 },
  starts = { "\0\1" },
  pattern = "\0\1" * fits_be(2, 0, 14, 4096) * router * "\0\0" * (P "\2\0" + "\2\1" + "\0\1") * be(2, 4, 4000) * P(4),
  examples = { ["\0\1\0\14\192\0\2\9\0\0\2\1\0\4\0\0\0\1"] = {} },
  not_this = {
    "\0\1\0\14\192\0\2\9\0\0\1\0\0\4\0\0\0\1",
    "\0\1\0\32\192\0\2\1\0\0\2\0\0\22\0\0\0\1\5\0\0\14\0\1\0\30\0\0\0\0\0\0\0\0\0\0",
  },
}
