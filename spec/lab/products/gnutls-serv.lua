-- GnuTLS' own server: HTTP over its TLS.
return {
  title = "GnuTLS", package = "gnutls-bin", tier = 2,
  start = [[
exec gnutls-serv --port 443 --http --x509certfile="$certificate" --x509keyfile="$key" --disable-client-cert \
  --priority=NORMAL:-VERS-TLS1.3
]],
  serves = { {
    service = "http", port = 443, handshake = "tls", ways = { tls = "tls", http = "tls" }, fields = { status = 200 },
    tls = { sha256 = "$fingerprint", version = "TLSv1.2" },
  } },
}
