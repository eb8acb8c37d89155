-- nghttpx, in front of nobody: HTTP/1, and HTTP/2 with prior knowledge on the same port.
return {
  title = "nghttpx", package = "nghttp2-proxy", tier = 2,
  start = [[
exec nghttpx --conf=/dev/null --frontend='0.0.0.0,80;no-tls' --frontend='0.0.0.0,443' --backend=127.0.0.1,1 --workers=1 \
  "$key" "$certificate"
]],
  serves = {
    { service = "http", port = 80, ways = { "http", "tls" }, fields = { server = "nghttpx", status = 502 } },
    { service = "http2", port = 80, handshake = "http2" },
    {
      service = "http", port = 443, handshake = "tls", ways = { tls = "tls" }, fields = { server = "nghttpx" },
      tls = { sha256 = "$fingerprint" },
    },
  },
}
