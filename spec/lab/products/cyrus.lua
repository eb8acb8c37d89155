-- Cyrus: IMAP, POP3, NNTP, ManageSieve and LMTP, unpacked: it conflicts with other mail servers.
return {
  title = "Cyrus IMAP", package = "cyrus-common",
  packages = { "libical3", "libxapian30", "libzephyr4", "libpcre3", "libclamav12", "libjansson4", "libpq5" },
  unpack = { "cyrus-common", "cyrus-imapd", "cyrus-pop3d", "cyrus-nntpd" }, tier = 2,
  start = [[
getent passwd cyrus > /dev/null || echo "cyrus:x:498:8::$run:/bin/false" >> /etc/passwd
mkdir -p config mail sockets /run/cyrus/socket /run/cyrus/proc /run/cyrus/lock
cp "$key" key.pem
cat > /etc/imapd.conf <<CONF
configdirectory: $run/config
partition-default: $run/mail
defaultpartition: default
servername: cyrus.lab.example
admins: cyrus
sasl_pwcheck_method: saslauthd
tls_server_cert: $certificate
tls_server_key: $run/key.pem
allowplaintext: no
newsspool: $run/mail
serverinfo: on
CONF
cat > cyrus.conf <<CONF
START {
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -r"
}
SERVICES {
  imap cmd="/usr/lib/cyrus/bin/imapd" listen="0.0.0.0:143" proto="tcp4"
  pop3 cmd="/usr/lib/cyrus/bin/pop3d" listen="0.0.0.0:110" proto="tcp4"
  nntp cmd="/usr/lib/cyrus/bin/nntpd" listen="0.0.0.0:119" proto="tcp4"
  sieve cmd="/usr/lib/cyrus/bin/timsieved" listen="0.0.0.0:4190" proto="tcp4"
  lmtp cmd="/usr/lib/cyrus/bin/lmtpd" listen="0.0.0.0:24" proto="tcp4"
}
EVENTS {
}
CONF
chown -R cyrus . /run/cyrus
exec /usr/lib/cyrus/bin/master -M "$run/cyrus.conf" -p "$run/pid"
]],
  serves = {
    {
      service = "imap", port = 143, ways = { "wait", "http", "tls", "newlines" },
      fields = { greeting = "OK", starttls = "OK", banner = { "Cyrus IMAP $upstream" } }, tls = { sha256 = "$fingerprint" },
    },
    {
      service = "pop3", port = 110, ways = { "wait", "http", "tls", "newlines" },
      fields = { ready = true, stls = true, banner = { "Cyrus POP3 $upstream" } }, tls = { sha256 = "$fingerprint" },
    },
    {
      service = "nntp", port = 119, ways = { "wait", "http", "tls", "newlines" },
      fields = { banner = { "Cyrus NNTP $upstream" } },
    },
    {
      service = "managesieve", port = 4190, ways = { "wait", "http", "tls", "newlines" },
      fields = { implementation = { "Cyrus timsieved $upstream" }, starttls_status = "OK" },
      tls = { sha256 = "$fingerprint" },
    },
    { service = "lmtp", port = 24, handshake = false, ways = { "wait", "http", "tls", "newlines" } },
  },
}
