-- HTTP/2: the SETTINGS frame that opens a server's side, or GOAWAY (RFC 9113 sections 3.4, 6.5 and 6.8).
local setting = "\0" * R "\1\9" * P(4)

return {
  protocol = "http2", reference = "RFC 9113", ports = { 443 },
  starts = { P(3) * S "\4\7" * S "\0\1" * "\0\0\0\0" }, first = "\0",
  pattern = "\0\0" * (fits_be(1, -6, 0, 120) * "\4\0\0\0\0\0" * (setting + eos + "\0") + "\0\4\1\0\0\0\0" * eos
    + be(1, 8, 255) * "\7\0\0\0\0\0" * P(4) * "\0\0\0" * R "\0\13"),
  examples = {
    ["\0\0\18\4\0\0\0\0\0\0\3\0\0\0\100\0\4\0\1\0\0\0\5\0\0\64\0"] = {}, ["\0\0\0\4\0\0\0\0\0"] = {},
    ["\0\0\8\7\0\0\0\0\0\0\0\0\0\0\0\0\1"] = {},
  },
  not_this = { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\18\4\0\0\0\0\1" },
}
