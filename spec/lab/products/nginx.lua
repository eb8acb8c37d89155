-- nginx: http, and http inside TLS.
return {
  title = "nginx", package = "nginx", tier = 1,
  start = [[
mkdir www
echo '<!doctype html><title>Sonde lab</title>' > www/index.html
cat > nginx.conf <<CONF
daemon off;
user nobody nogroup;
pid $run/pid;
error_log stderr;
events { }
http {
  access_log off;
  client_body_temp_path $run/body;
  root $run/www;
  types { text/html html; }
  server { listen 80; }
  server { listen 443 ssl http2; ssl_certificate $certificate; ssl_certificate_key $key; ssl_protocols TLSv1.2; }
}
CONF
exec nginx -e stderr -p "$run" -c "$run/nginx.conf"
]],
  serves = {
    {
      service = "http", port = 80, ways = { "http", "tls" },
      fields = {
        server = "nginx/$upstream", product = "nginx", version = "$upstream", status = 200, title = "Sonde lab",
      },
    },
    {
      service = "http", port = 443, handshake = "tls", ways = { "http", tls = "tls" },
      fields = { server = "nginx/$upstream" },
      tls = { sha256 = "$fingerprint", version = "TLSv1.2", key_type = "RSA", key_bits = 2048, self_signed = true },
    },
    { service = "http", port = 80, handshake = "http_options", fields = { status = 405, server = "nginx/$upstream" } },
    { service = "tls", port = 443, handshake = "tls_export", fields = { alert = 40 } },
  },
}
