-- microsocks: SOCKS5 without a password.
return {
  title = "microsocks", package = "microsocks", tier = 1,
  start = [[exec setpriv --reuid=nobody --regid=nogroup --clear-groups microsocks -i 0.0.0.0 -p 1080]],
  serves = { { service = "socks5", port = 1080, ways = { "http", "tls", "newlines" }, fields = { open = true } } },
}
