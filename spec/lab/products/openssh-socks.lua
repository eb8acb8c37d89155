-- OpenSSH's client, which forwards what SOCKS asks for.
return {
  title = "OpenSSH client", package = "openssh-client", packages = { "openssh-server" }, tier = 2,
  start = [[
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N "" -f host_key
ssh-keygen -q -t ed25519 -N "" -f user_key
printf '%s\n' "HostKey $run/host_key" "PidFile none" "UsePAM no" "AuthorizedKeysFile $run/user_key.pub" \
  "StrictModes no" "PermitRootLogin yes" > sshd_config
"$(command -v sshd)" -e -f "$run/sshd_config" -p 2222
exec ssh -N -F none -i user_key -o UserKnownHostsFile="$run/known" -o StrictHostKeyChecking=no -p 2222 -D 0.0.0.0:1080 \
  root@127.0.0.1
]],
  serves = { { service = "socks5", port = 1080, ways = {}, fields = { method = 0 } } },
}
