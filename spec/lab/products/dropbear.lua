-- Dropbear, with a host key of its own and nobody who could log in.
return {
  title = "Dropbear", package = "dropbear-bin", tier = 1,
  start = [[
dropbearkey -t ed25519 -f key > public
exec dropbear -F -E -w -s -r key -P pid -p 22
]],
  serves = {
    {
      service = "ssh", port = 22, ways = { "wait", "http", "tls", "newlines" },
      fields = {
        version = "2.0", software = "dropbear_$upstream", host_key_type = "ssh-ed25519", host_key_proven = true,
        host_key_fingerprint = "$(sed -n 's/^Fingerprint: //p' public)",
      },
    },
    { service = "ssh", port = 22, handshake = "newlines" },
  },
}
