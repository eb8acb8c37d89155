-- Courier: SMTP, IMAP and POP3, unpacked: it conflicts with other mail servers.
return {
  title = "Courier", package = "courier-base",
  packages = { "courier-authlib", "libcourier-unicode4", "libgdbm6", "libidn12", "libperl5.36" },
  unpack = { "courier-base", "courier-imap", "courier-pop", "courier-mta" }, tier = 2,
  start = [[
cat "$key" "$certificate" > both.pem
chmod 644 both.pem
echo courier.lab.example > /etc/courier/me
mkdir -p /var/lib/courier/tmp /var/lib/courier/msgs /var/lib/courier/msgq /run/courier
chown -R courier: /var/lib/courier /run/courier
: > /var/lib/courier/cache
# One of its servers: settings, port, programs.
serve() {
  local settings=$1 port=$2
  shift 2
  (
    set -a +u
    prefix=/usr exec_prefix=/usr sbindir=/usr/sbin bindir=/usr/bin sysconfdir=/etc/courier
    . "/etc/courier/$settings"
    [ ! -f "/etc/courier/$settings-ssl" ] || . "/etc/courier/$settings-ssl"
    TLS_CERTFILE=$run/both.pem TLS_CACHEFILE= TLS_DHPARAMS= IMAP_STARTTLS=YES POP3_STARTTLS=YES ESMTP_TLS_REQUIRED=0
    cd /
    exec /usr/sbin/couriertcpd -maxprocs=100 -maxperc=100 -maxperip=100 -nodnslookup -noidentlookup -address=0 "$port" "$@"
  ) &
}
serve imapd 143 /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
serve pop3d 110 /usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir
serve esmtpd 25 /usr/sbin/courieresmtpd
wait
]],
  serves = {
    {
      service = "imap", port = 143, ways = { "wait", "http", "tls", "newlines" },
      fields = { greeting = "OK", starttls = "OK", product = "Courier-IMAP" }, tls = { sha256 = "$fingerprint" },
    },
    {
      service = "pop3", port = 110, ways = { "wait", "http", "tls", "newlines" }, fields = { ready = true, stls = true },
      tls = { sha256 = "$fingerprint" },
    },
    {
      service = "smtp", port = 25, ways = { "wait", "http", "tls", "newlines" },
      fields = { code = 220, banner = { "courier.lab.example ESMTP" } }, tls = { sha256 = "$fingerprint" },
    },
  },
}
