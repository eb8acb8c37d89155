-- LPRng, unpacked: it conflicts with BSD's lpr.
return {
  title = "LPRng", package = "lprng", unpack = { "lprng" }, tier = 2,
  start = [[
mkdir -p /var/spool/lpd/lab /etc/lprng /var/run/lprng
printf 'lab:sd=/var/spool/lpd/lab:lp=/dev/null\n' > /etc/lprng/printcap
cp /etc/lprng/printcap /etc/printcap
echo "lpd_listen_port=515" >> /etc/lprng/lpd.conf
[ -e /etc/lprng/lpd.perms ] || echo 'DEFAULT ACCEPT' > /etc/lprng/lpd.perms
chown -R daemon /var/spool/lpd /var/run/lprng
exec lpd -F
]],
  serves = { { service = "lpd", port = 515, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
