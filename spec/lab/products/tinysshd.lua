-- TinySSH, started by inetd for each connection.
return {
  title = "TinySSH", package = "tinysshd", packages = { "inetutils-inetd" }, tier = 1,
  start = [[
tinysshd-makekey -q keys
echo "22 stream tcp nowait root /usr/sbin/tinysshd tinysshd -- $run/keys" > inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = { {
    service = "ssh", port = 22, ways = { "wait", "http", "tls", "newlines" },
    fields = { version = "2.0", software = { "tinyssh" }, host_key_type = "ssh-ed25519", host_key_proven = true },
  } },
}
