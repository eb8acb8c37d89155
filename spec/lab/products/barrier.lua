-- Barrier: a keyboard for several machines.
return {
  title = "Barrier", package = "barrier", packages = { "xvfb" }, tier = 2,
  start = [[
mkdir -p -m 1777 /tmp/.X11-unix
Xvfb :7 -screen 0 64x48x8 -nolisten tcp &
until ss -Hlx | grep -q " /tmp/.X11-unix/X7"; do sleep 0.1; done
printf 'section: screens\n lab:\nend\n' > barrier.conf
exec barriers -f --no-tray --disable-crypto --name lab --display :7 -c "$run/barrier.conf" --address 0.0.0.0:24800
]],
  serves = { { service = "synergy", port = 24800, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
