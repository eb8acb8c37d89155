-- FreeRDP's shadow server of an Xvfb.
return {
  title = "FreeRDP shadow", package = "freerdp2-shadow-x11", packages = { "xvfb" }, tier = 2,
  start = [[
mkdir -p -m 1777 /tmp/.X11-unix
Xvfb :7 -screen 0 640x480x24 -nolisten tcp &
until ss -Hlx | grep -q " /tmp/.X11-unix/X7"; do sleep 0.1; done
export DISPLAY=:7
until freerdp-shadow-cli /port:3389 -auth; do sleep 0.5; done
]],
  serves = { { service = "rdp", port = 3389, ways = {}, fields = {} } },
}
