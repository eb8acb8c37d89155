-- RTSP responses (RFC 2326 section 7, RFC 7826).
local header = I "server:" * sp * field("server", line)
  + I "www-authenticate:" * sp * token * sp * I 'realm="' * field("realm", (1 - S '"\r\n') ^ 0) * line
  + I "public:" * sp * field("public", line) + line

return {
  protocol = "rtsp", reference = "RFC 7826", ports = { 554, 8554 },
  starts = { "RTSP/", "$" * R "\0\9" },
  pattern = describe(Ct("RTSP/" * field("protocol", digit * "." * digit) * " " * number("status", digit * digit * digit)
    * (" " * field("reason", line) + line) * (crlf * header) ^ 0), "server"),
  weak = "$" * R "\0\9" * be(2, 12, 8192),   -- a stream between messages (section 14)
  maybe_examples = { "$\0\0\90\128\96" },
  examples = {
    ["RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Example Rtsp Server/1.2\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n"] = {
      protocol = "1.0", version = "1.2", status = 200, reason = "OK", server = "Example Rtsp Server/1.2",
        public = "OPTIONS, DESCRIBE",
      product = "Example Rtsp Server",
    },
    ["RTSP/1.0 400 Bad Request\r\n\r\n"] = { protocol = "1.0", status = 400, reason = "Bad Request" },
  },
  not_this = { "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0\r\n" },
}
