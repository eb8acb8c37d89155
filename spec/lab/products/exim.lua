-- Exim, unpacked: it conflicts with other mail servers.
return {
  title = "Exim", package = "exim4-daemon-light",
  packages = { "libdb5.3", "libgnutls-dane0", "libidn12", "libnsl2" },
  unpack = { "exim4-daemon-light", "exim4-base" }, tier = 1,
  start = [[
if ! getent passwd Debian-exim > /dev/null; then
  echo 'Debian-exim:x:499:499::/run/product:/bin/false' >> /etc/passwd
  echo 'Debian-exim:x:499:' >> /etc/group
fi
mkdir -p spool/input spool/db spool/msglog
cat > exim.conf <<CONF
primary_hostname = exim.lab.example
spool_directory = $run/spool
log_file_path = $run/log-%s
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts = *
tls_certificate = $certificate
tls_privatekey = $key
never_users =
CONF
chown -R Debian-exim: spool
exec exim4 -bd -bdf -oX 25 -oP "$run/pid" -C "$run/exim.conf"
]],
  serves = { {
    service = "smtp", port = 25, ways = { "wait", "http", "tls", "newlines" },
    fields = { code = 220, banner = { "exim.lab.example ESMTP Exim $upstream" } },
    tls = { sha256 = "$fingerprint" },
  } },
}
