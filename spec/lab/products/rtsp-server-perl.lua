-- A server of RTSP in Perl.
return {
  title = "rtsp-server-perl", package = "rtsp-server-perl", tier = 2,
  start = [[exec rtsp-server-perl --clientport 554]],
  serves = { { service = "rtsp", port = 554, ways = { "http", "tls", "newlines" }, fields = { status = 200 } } },
}
