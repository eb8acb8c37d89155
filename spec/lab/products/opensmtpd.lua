-- OpenSMTPD, unpacked: it conflicts with other mail servers.
return {
  title = "OpenSMTPD", package = "opensmtpd", packages = { "libevent-2.1-7", "libdb5.3" }, unpack = { "opensmtpd" },
  tier = 1,
  start = [[
for user in opensmtpd opensmtpq; do
  id=$((${id:-489} + 1))
  getent passwd $user > /dev/null || echo "$user:x:$id:$id::/run/product:/bin/false" >> /etc/passwd
  getent group $user > /dev/null || echo "$user:x:$id:" >> /etc/group
done
cat > smtpd.conf <<CONF
listen on 0.0.0.0 port 25 hostname opensmtpd.lab.example
action "none" relay
match from local for local action "none"
CONF
mkdir -p /var/spool/smtpd
chmod 711 /var/spool/smtpd
exec smtpd -d -f "$run/smtpd.conf"
]],
  serves = { {
    service = "smtp", port = 25, ways = { "wait", "http", "tls", "newlines" },
    fields = { code = 220, banner = { "opensmtpd.lab.example ESMTP OpenSMTPD" } },
  } },
}
