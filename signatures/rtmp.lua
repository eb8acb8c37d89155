-- RTMP: S0 and S1, recognised by their size where the port says so (Adobe RTMP 1.0 section 5.2).
return {
  protocol = "rtmp", reference = "Adobe RTMP 1.0", ports = { 1935 },
  starts = { "\3" }, weak = "\3" * P(4) * (P "\0\0\0\0" + R "\1\20" * R "\0\20" * P(2)) * P(500),
  maybe_examples = { "\3\0\0\0\9\0\0\0\0" .. ("r"):rep(1528) }, not_this = { "\3\0\0\0" },
}
