-- Xnest, a display inside another: it lets in who is known to it.
return {
  title = "X.Org Xnest", package = "xnest", packages = { "xvfb" }, tier = 2,
  start = [[
mkdir -p -m 1777 /tmp/.X11-unix
Xvfb :7 -screen 0 640x480x24 -nolisten tcp &
until ss -Hlx | grep -q " /tmp/.X11-unix/X7"; do sleep 0.1; done
exec Xnest :1 -display :7 -listen tcp -nolisten unix -nolock -geometry 64x48
]],
  serves = { {
    service = "x11", port = 6001, ways = {},
    fields = { accepted = false, protocol_version = "11.0", reason = { "Authorization required" } },
  } },
}
