-- Hitch: TLS before nothing.
return {
  title = "Hitch", package = "hitch", tier = 2,
  start = [[
cat "$key" "$certificate" > all.pem
exec hitch --frontend=[0.0.0.0]:443 --backend=[127.0.0.1]:9 --user=nobody --group=nogroup --ocsp-dir= all.pem
]],
  serves = { { service = "tls", port = 443, ways = { "tls" }, tls = { sha256 = "$fingerprint" } } },
}
