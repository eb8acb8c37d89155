-- Postfix: the SMTP server with STARTTLS.
return {
  title = "Postfix", package = "postfix", tier = 1,
  start = [[
mkdir -p etc queue data log
chown postfix data
cat > etc/main.cf <<CONF
compatibility_level = 3.6
queue_directory = $run/queue
data_directory = $run/data
maillog_file = $run/log/mail.log
maillog_file_prefixes = $run/log
myhostname = postfix.lab.example
mydestination =
inet_protocols = ipv4
alias_maps =
alias_database =
default_transport = error
smtpd_peername_lookup = no
smtpd_tls_cert_file = $certificate
smtpd_tls_key_file = $key
smtpd_tls_security_level = may
smtpd_client_connection_count_limit = 0
CONF
cat > etc/master.cf <<CONF
smtp inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
CONF
postfix -c "$run/etc" check
exec "$(postconf -c "$run/etc" -h daemon_directory)/master" -c "$run/etc" -d
]],
  serves = { {
    service = "smtp", port = 25, ways = { "wait", "http", "tls", "newlines" },
    fields = {
      code = 220, banner = "postfix.lab.example ESMTP Postfix", ehlo_code = 250, starttls_code = 220,
      product = "Postfix",
    },
    tls = { sha256 = "$fingerprint" },
  } },
}
