-- Apache Thrift: replies and exceptions of the strict binary protocol, framed or not (Thrift binary protocol encoding).
local message = "\128\1\0" * S "\2\3" * Cg(counted_be(4, alnum + S "._:", 1), "method")

return {
  protocol = "thrift", reference = "Thrift binary protocol", ports = { 9090 },
  starts = { "\128\1\0", P(4) * "\128\1\0" }, first = "\0\128",
  pattern = Ct((be(4, 12, 65536) * message + message)),
  examples = { ["\0\0\0\24\128\1\0\2\0\0\0\4ping\0\0\0\1\0"] = { method = "ping" } },
  not_this = { "\0\0\0\17\128\1\0\1\0\0\0\4ping\0\0\0\1\0" },
}
