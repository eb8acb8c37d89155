-- Caddy: HTTP, and HTTPS with HTTP/2, by Go's own TLS.
return {
  title = "Caddy", package = "caddy", tier = 2,
  start = [[
mkdir -p site
echo '<!doctype html><title>Sonde lab</title>' > site/index.html
cat > Caddyfile <<CONF
{
  admin off
  auto_https off
  storage file_system $run/storage
}
http://:80 {
  root * $run/site
  file_server
}
https://:443 {
  tls $certificate $key
  root * $run/site
  file_server
}
CONF
exec caddy run --config "$run/Caddyfile"
]],
  serves = {
    {
      service = "http", port = 80, ways = { "http", "tls", "newlines" },
      fields = { server = "Caddy", title = "Sonde lab", product = "Caddy" },
    },
    {
      service = "http", port = 443, handshake = "tls", ways = { "http", tls = "tls" },
      fields = { server = "Caddy" }, tls = { sha256 = "$fingerprint", version = "TLSv1.3" },
    },
  },
}
