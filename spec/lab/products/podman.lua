-- Podman's service, which speaks Docker's API.
return {
  title = "Podman", package = "podman", tier = 2,
  start = [[
exec podman --root "$run/root" --runroot "$run/runroot" --storage-driver vfs --cgroup-manager cgroupfs \
  system service --time 0 tcp:0.0.0.0:2375
]],
  serves = { {
    service = "http", port = 2375, handshake = "docker", ways = { "http", "tls", "newlines" },
    fields = { status = 200, server = { "Libpod/${upstream%%+*}" }, os = "Linux" },
  } },
}
