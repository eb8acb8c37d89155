-- TigerVNC's X server.
return {
  title = "TigerVNC", package = "tigervnc-standalone-server", tier = 1,
  start = [[
exec Xvnc :0 -rfbport 5900 -SecurityTypes None -geometry 64x48 -depth 24 -nolock -nolisten unix -nolisten tcp \
  -BlacklistThreshold 1000000 -BlacklistTimeout 0 -AlwaysShared -desktop lab
]],
  serves = { {
    service = "vnc", port = 5900, ways = { "wait", "http", "tls", "newlines" },
    fields = { protocol_version = "3.8", security_types = "1" },
  } },
}
