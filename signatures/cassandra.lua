-- Cassandra: responses of the native protocol (CQL binary protocol 1 to 5, section 2).
local header = S "\131\132\133" * R "\0\15" * P(2)
local supported = "\6" * be(4, 2, 65536) * be(2, 1, 32) * Cg(counted_be(2, R("AZ", "__")), "option")
local error = "\0" * be(4, 6, 65536) * "\0\0" * P(2) * Cg(counted_be(2, printable, 4), "error")
local other = "\2" * be(4, 0, 0) * eos + "\3" * be(4, 3, 4096) * #P "\0"
-- versions 1 and 2 count streams in one byte
local old = S "\129\130" * S "\0\1\2\3" * P(1)
local extras = S "\131\132\133" * R "\1\15" * P(2) * "\6" * be(4, 4, 65536)   -- a trace or warnings before what is supported
local answer = supported + error + other

return {
  protocol = "cassandra", reference = "CQL binary protocol v1 to v5", ports = { 9042 },
  starts = { S "\129\130\131\132\133" * P(2) * S "\0\2\3\6",
    S "\131\132\133" * P(3) * S "\0\2\3\6\8\12\14\16" }, first = "\129\130\131\132\133",
  pattern = Ct(header * answer + old * answer + extras),
  weak = header * S "\8\12\14\16" * be(4, 0, 1048576),     -- RESULT, EVENT, AUTH_CHALLENGE, AUTH_SUCCESS
  maybe_examples = { "\132\0\0\1\8\0\0\0\4\0\0\0\1" },
  examples = {
    ["\132\8\0\0\6\0\0\0\45\0\1\0\6no way\0\1\0\11CQL_VERSION\0\1\0\0053.4.6"] = {},
    ["\131\0\0\0\2\0\0\0\0"] = {},
    ["\129\0\0\0\0\0\0\21\0\0\0\10\0\15Unknown version"] = { error = "Unknown version" },
    ["\132\0\0\0\6\0\0\0\35\0\1\0\11CQL_VERSION\0\1\0\0053.4.6"] = { option = "CQL_VERSION" },
    ["\133\0\0\0\0\0\0\0\42\0\0\0\10\0\36Invalid or unsupported protocol vers"] = {
      error = "Invalid or unsupported protocol vers",
    },
  },
  not_this = { "\4\0\0\0\5\0\0\0\0" },
}
