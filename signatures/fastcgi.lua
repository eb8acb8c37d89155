-- FastCGI: management answers, output and end of a request (FastCGI specification 1.0, section 3.3).
return {
  protocol = "fastcgi", reference = "FastCGI 1.0", ports = { 9000 },
  starts = { "\1" * S "\3\6\7\10\11" * "\0" }, first = "\1",
  pattern = "\1" * (P "\10\0\0" * be(2, 0, 256) * P(1) * "\0" * #(R "\1\64" * R "\0\64" * "FCGI_")
    + P "\11\0\0\0\8\0\0" * P(1) * "\0\0\0\0\0\0\0" + P "\3\0\1\0\8\0\0" * P(4) * R "\0\3" + S "\6\7" * "\0\1" * be(2, 1,
      65535) * P(1) * "\0" * printable),
  examples = {
    ["\1\10\0\0\0\17\7\0\15\0FCGI_MPXS_CONNS"] = {}, ["\1\3\0\1\0\8\0\0\0\0\0\0\0\0\0\0"] = {},
    ["\1\6\0\1\0\25\7\0Status: 404 Not Found\r\n\r\n"] = {},
  },
  not_this = { "\1\9\0\0\0\17\7\0\15\0FCGI_MPXS_CONNS", "\1\1\0\1\0\8\0\0\0\1\0\0\0\0\0\0" },
}
