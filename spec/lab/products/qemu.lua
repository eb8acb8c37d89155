-- QEMU: a machine's screen by VNC, its monitor by telnet, a debugger's stub.
return {
  title = "QEMU", package = "qemu-system-x86", tier = 2,
  start = [[
exec qemu-system-x86_64 -M none -display none -vnc 0.0.0.0:0 -monitor telnet:0.0.0.0:23,server,nowait -S
]],
  serves = {
    {
      service = "vnc", port = 5900, ways = { "wait", "http", "tls", "newlines" },
      fields = { protocol_version = "3.8", security_types = "1" },
    },
    { service = "telnet", port = 23, ways = { "wait", "http", "tls", "newlines" }, outcome = "timeout", },
  },
}
