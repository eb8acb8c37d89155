-- x11vnc (LibVNCServer) of an Xvfb. Whoever speaks first may be a browser, to it; it waits for more.
return {
  title = "x11vnc", package = "x11vnc", packages = { "xvfb" }, tier = 2,
  start = [[
mkdir -p -m 1777 /tmp/.X11-unix
Xvfb :7 -screen 0 64x48x8 -nolisten tcp &
until ss -Hlx | grep -q " /tmp/.X11-unix/X7"; do sleep 0.1; done
exec x11vnc -display :7 -forever -shared -rfbport 5900 -passwd lab -noxdamage -nopw
]],
  serves = { {
    service = "vnc", port = 5900, ways = { "wait" },
    fields = { protocol_version = "3.8", security_types = "2" },
  } },
}
