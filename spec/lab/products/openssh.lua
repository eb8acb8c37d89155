-- OpenSSH, with a host key of its own and nobody who could log in.
return {
  title = "OpenSSH", package = "openssh-server", tier = 1,
  start = [[
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N "" -f host_key
cat > sshd_config <<CONF
HostKey $run/host_key
PidFile none
UsePAM no
PasswordAuthentication no
MaxStartups 1000
CONF
exec "$(command -v sshd)" -D -e -f "$run/sshd_config"
]],
  serves = {
    {
      service = "ssh", port = 22, ways = { "wait", "http", "tls", "newlines" },
      fields = {
        version = "2.0", software = "OpenSSH_$(ssh -V 2>&1 | sed 's/^OpenSSH_\\([^ ,]*\\).*/\\1/')",
        host_key_type = "ssh-ed25519", host_key_proven = true, auth_methods = "publickey keyboard-interactive",
        host_key_fingerprint = "$(ssh-keygen -l -f host_key.pub | cut -d' ' -f2)",
      },
    },
    { service = "ssh", port = 22, handshake = "wait" },
  },
}
