-- RTMP: S0 and S1, recognised by their size where the port says so (Adobe RTMP 1.0 section 5.2).
return {
  protocol = "rtmp", reference = "Adobe RTMP 1.0", ports = { 1935 },
  starts = { S "\3\6" }, first = "\3\6", weak = S "\3\6" * P(500),     -- from 6 on, S1 is encrypted
  maybe_examples = { "\3\0\0\0\9\0\0\0\0" .. ("r"):rep(1528) }, not_this = { "\3\0\0\0" },
}
