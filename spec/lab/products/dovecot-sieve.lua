-- Dovecot's ManageSieve service with STARTTLS, without a mailbox.
return {
  title = "Dovecot Pigeonhole", package = "dovecot-managesieved", tier = 1,
  start = [[
cat > dovecot.conf <<CONF
base_dir = $run/base
log_path = /dev/stderr
protocols = sieve imap pop3
ssl = yes
ssl_cert = <$certificate
ssl_key = <$key
listen = *
mail_location = mbox:$run/mail
passdb {
  driver = static
  args = nopassword=n
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$run
}
CONF
exec dovecot -F -c "$run/dovecot.conf"
]],
  serves = {
    {
      service = "managesieve", port = 4190, ways = { "wait", "http", "tls", "newlines" },
      fields = { implementation = "Dovecot (Debian) Pigeonhole", starttls_status = "OK" },
      tls = { sha256 = "$fingerprint" },
    },
    {
      service = "imap", port = 143, ways = { "wait", "http", "tls", "newlines" },
      fields = { starttls = "OK", greeting = "OK", product = "Dovecot" }, tls = { sha256 = "$fingerprint" },
    },
    {
      service = "pop3", port = 110, ways = { "wait", "http", "tls", "newlines" },
      fields = { stls = true, product = "Dovecot" }, tls = { sha256 = "$fingerprint" },
    },
    {
      service = "imap", port = 993, handshake = "tls", ways = { tls = "tls" }, fields = { greeting = "OK" },
      tls = { sha256 = "$fingerprint" },
    },
  },
}
