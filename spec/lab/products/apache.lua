-- Apache httpd: http and https.
return {
  title = "Apache httpd", package = "apache2-bin", tier = 1,
  start = [[
mkdir www
echo '<!doctype html><title>Sonde lab</title>' > www/index.html
cat > httpd.conf <<CONF
ServerRoot "$run"
ServerName apache.lab.example
PidFile "$run/pid"
Mutex file:$run
User nobody
Group nogroup
Listen 80
Listen 443
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so
TypesConfig /dev/null
AddType text/html .html
DirectoryIndex index.html
DocumentRoot "$run/www"
ErrorLog /dev/stderr
Protocols h2c http/1.1
StartServers 1
<VirtualHost *:443>
  Protocols h2 http/1.1
  SSLEngine on
  SSLCertificateFile $certificate
  SSLCertificateKeyFile $key
</VirtualHost>
CONF
exec apache2 -DFOREGROUND -f "$run/httpd.conf"
]],
  serves = {
    {
      service = "http", port = 80, ways = { "http", "tls" },
      fields = { server = { "Apache/$upstream (Debian) OpenSSL/" }, version = "$upstream", title = "Sonde lab" },
    },
    {
      service = "http", port = 443, handshake = "tls", ways = { "http", tls = "tls" },
      fields = { title = "Sonde lab" },
      tls = { subject = "CN=lab.example,O=Sonde", sha256 = "$fingerprint", version = "TLSv1.3" },
    },
    { service = "http2", port = 80, handshake = "http2", fields = { settings = { any = true } } },
    { service = "tls", port = 443, handshake = "ssl3", fields = { alert = { any = true } } },
  },
}
