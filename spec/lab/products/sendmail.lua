-- Sendmail, unpacked: it conflicts with other mail servers.
return {
  title = "Sendmail", package = "sendmail-bin", packages = { "libdb5.3", "libnsl2", "m4" },
  unpack = { "sendmail-bin", "sendmail-base", "sendmail-cf" }, tier = 2,
  start = [[
mkdir -p queue /etc/mail/tls /var/lib/sendmail/host_status
cat > sendmail.mc <<CONF
divert(0)dnl
OSTYPE(debian)dnl
define(\`confDOMAIN_NAME', \`sendmail.lab.example')dnl
define(\`QUEUE_DIR', \`$run/queue')dnl
define(\`confPID_FILE', \`$run/pid')dnl
define(\`STATUS_FILE', \`$run/statistics')dnl
define(\`confSERVER_CERT', \`/etc/mail/tls/certificate.pem')dnl
define(\`confSERVER_KEY', \`/etc/mail/tls/key.pem')dnl
define(\`confCACERT', \`/etc/mail/tls/certificate.pem')dnl
define(\`confCACERT_PATH', \`/etc/mail/tls')dnl
define(\`confREFUSE_LA', \`10000')dnl
define(\`confQUEUE_LA', \`10000')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`confDONT_BLAME_SENDMAIL', \`GroupReadableKeyFile')dnl
undefine(\`ALIAS_FILE')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`no_default_msa')dnl
MAILER(\`smtp')dnl
CONF
cp "$key" /etc/mail/tls/key.pem
cp "$certificate" /etc/mail/tls/certificate.pem
chmod 600 /etc/mail/tls/key.pem
m4 -I /usr/share/sendmail/cf /usr/share/sendmail/cf/m4/cf.m4 sendmail.mc > sendmail.cf
exec /usr/libexec/sendmail/sendmail -bD -q1h -C "$run/sendmail.cf"
]],
  serves = { {
    service = "smtp", port = 25, ways = { "wait", "http", "tls", "newlines" },
    fields = {
      code = 220, banner = { "sendmail.lab.example ESMTP Sendmail $upstream/" }, product = "Sendmail", version = "$upstream",
    },
    tls = { sha256 = "$fingerprint" },
  } },
}
