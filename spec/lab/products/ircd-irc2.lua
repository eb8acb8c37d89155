-- The original ircd, unpacked: it conflicts with ngIRCd.
return {
  title = "ircd-irc2", package = "ircd-irc2", unpack = { "ircd-irc2" }, tier = 2,
  start = [[
mkdir -p /var/run/ircd /var/log/ircd /var/lib/ircd /etc/ircd
cat > /etc/ircd/ircd.conf <<CONF
M%irc.lab.example%%Sonde lab%%000A
A%lab%lab%lab@lab.example%%Lab
Y%1%90%%1000%512000%1000.1000%1000.1000
I%*%%%0%1
P%%%%6667%
CONF
chown -R irc . /var/run/ircd /var/log/ircd /var/lib/ircd
exec setpriv --reuid=irc --regid=nogroup --clear-groups ircd -t
]],
  -- It holds back whom it has seen too often of late.
  single = true,
  serves = { {
    -- It asks to wait, says who it is, and answers nothing else before a registration.
    service = "irc", port = 6667, outcome = "timeout", ways = { "wait", "http", "tls", "newlines" },
    fields = { host = "irc.lab.example", code = 20 },
  } },
}
