-- dnsmasq as a DNS server without anybody to ask.
return {
  title = "dnsmasq", package = "dnsmasq-base", tier = 1,
  start = [[
exec dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --port=53 --user=nobody --pid-file
]],
  serves = { { service = "dns", port = 53, ways = {}, fields = { version = "dnsmasq-$upstream" } } },
}
