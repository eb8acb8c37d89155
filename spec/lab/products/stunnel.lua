-- stunnel before an rsync daemon.
return {
  title = "stunnel", package = "stunnel4", packages = { "rsync" }, tier = 1,
  start = [[
printf 'use chroot = no\n' > rsyncd.conf
rsync --daemon --no-detach --config=rsyncd.conf --address=127.0.0.1 --port=873 &
cat > stunnel.conf <<CONF
foreground = yes
pid =
[lab]
accept = 0.0.0.0:874
connect = 127.0.0.1:873
cert = $certificate
key = $key
CONF
exec stunnel "$run/stunnel.conf"
]],
  serves = { {
    service = "rsync", port = 874, handshake = "tls", ways = { tls = "tls" }, fields = { digests = { any = true } },
    tls = { sha256 = "$fingerprint" },
  } },
}
