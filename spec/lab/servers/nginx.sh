# nginx: http, and https with a certificate of the lab's own.
. "$(dirname "$0")/../lab_common.sh"

listen() { lab_sockets "$1" | sed "s/.*/    listen &$2;/"; }

# One key for all runs: making it costs more than starting nginx.
if [ ! -f "$lab_home/templates/tls.pem" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=lab.example \
    -keyout "$run/key.pem" -out "$run/certificate.pem"
  cat "$run/key.pem" "$run/certificate.pem" > "$run/tls.pem"
  mv "$run/tls.pem" "$lab_home/templates/tls.pem"
fi

cat > "$run/nginx.conf" <<CONF
daemon off;
user nobody nogroup;
worker_processes 2;
pid $run/pid;
error_log stderr;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path $run/body;
  proxy_temp_path $run/proxy;
  fastcgi_temp_path $run/fastcgi;
  uwsgi_temp_path $run/uwsgi;
  scgi_temp_path $run/scgi;
  server {
$(listen http " backlog=4096")
    location / { default_type text/html; return 200 "<!doctype html><title>Sonde lab</title>\n"; }
  }
  server {
$(listen tls " ssl backlog=4096")
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate $lab_home/templates/tls.pem;
    ssl_certificate_key $lab_home/templates/tls.pem;
    location / { default_type text/html; return 200 "<!doctype html><title>Sonde lab</title>\n"; }
  }
}
CONF
exec nginx -e stderr -p "$run" -c "$run/nginx.conf"
