-- Xvfb, listening to TCP: it lets nobody in whom it does not know.
return {
  title = "X.Org Xvfb", package = "xvfb", tier = 1,
  start = [[exec Xvfb :0 -screen 0 64x48x8 -listen tcp -nolisten unix -nolock]],
  serves = { {
    service = "x11", port = 6000, ways = {},
    fields = { accepted = false, protocol_version = "11.0", reason = { "Authorization required" } },
  } },
}
