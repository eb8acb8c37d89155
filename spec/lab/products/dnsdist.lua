-- dnsdist in front of nobody, which refuses all.
return {
  title = "dnsdist", package = "dnsdist", tier = 2,
  start = [[
cat > dnsdist.conf <<CONF
setLocal("0.0.0.0:53")
setACL({ "0.0.0.0/0" })
addAction(AllRule(), RCodeAction(DNSRCode.REFUSED))
CONF
exec dnsdist --supervised --disable-syslog -C "$run/dnsdist.conf"
]],
  serves = { { service = "dns", port = 53, ways = {}, fields = { rcode = 5, answers = 0 } } },
}
