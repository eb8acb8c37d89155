-- Varnish with a backend that is not there.
return {
  title = "Varnish", package = "varnish", packages = { "gcc", "libc6-dev" }, tier = 2,
  start = [[
mkdir work
chmod 777 . work
exec varnishd -F -a :6081 -b 127.0.0.1:9 -n "$run/work" -s malloc,8m -T none
]],
  serves = { { service = "http", port = 6081, ways = { "http" }, fields = { status = 503 } } },
}
