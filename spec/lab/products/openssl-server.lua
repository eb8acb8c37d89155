-- OpenSSL's own server: HTTP over its TLS, of version 1.0 at most.
return {
  title = "OpenSSL s_server", package = "openssl", tier = 2,
  start = [[
exec openssl s_server -accept 443 -cert "$certificate" -key "$key" -www -tls1 -cipher ALL:@SECLEVEL=0
]],
  serves = { {
    service = "http", port = 443, handshake = "tls", ways = { tls = "tls" }, fields = { status = 200 },
    tls = { sha256 = "$fingerprint", version = "TLSv1" },
  } },
}
