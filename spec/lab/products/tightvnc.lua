-- TightVNC's X server.
return {
  title = "TightVNC", package = "tightvncserver", packages = { "xfonts-base" }, tier = 2,
  start = [[exec Xtightvnc :0 -rfbport 5900 -desktop lab -geometry 64x48 -depth 8 -httpport 0 -rfbauth /dev/null]],
  serves = { {
    service = "vnc", port = 5900, ways = { "wait", "http", "tls", "newlines" },
    fields = { protocol_version = { any = true }, security_types = { any = true } },
  } },
}
