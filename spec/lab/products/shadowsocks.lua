-- Shadowsocks' local end, which speaks SOCKS.
return {
  title = "Shadowsocks-libev", package = "shadowsocks-libev", tier = 2,
  start = [[exec ss-local -s 127.0.0.1 -p 1 -b 0.0.0.0 -l 1080 -k lab -m aes-256-gcm]],
  serves = { { service = "socks5", port = 1080, ways = {}, fields = { method = 0 } } },
}
