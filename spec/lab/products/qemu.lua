-- QEMU: a machine's screen by VNC.
return {
  title = "QEMU", package = "qemu-system-x86", tier = 2,
  start = [[
exec qemu-system-x86_64 -M none -display none -vnc 0.0.0.0:0 -S
]],
  serves = {
    {
      service = "vnc", port = 5900, ways = { "wait", "http", "tls", "newlines" },
      fields = { protocol_version = "3.8", security_types = "1" },
    },
  },
}
