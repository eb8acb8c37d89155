-- ClamAV's daemon without signatures.
return {
  title = "ClamAV", package = "clamav-daemon", tier = 2,
  start = [[
mkdir db
printf 'Foreground yes\nTCPSocket 3310\nTCPAddr 0.0.0.0\nDatabaseDirectory %s/db\nUser root\n' "$run" > clamd.conf
echo 'd41d8cd98f00b204e9800998ecf8427e:68:Lab' > db/lab.hdb
exec clamd -c "$run/clamd.conf"
]],
  serves = { { service = "clamav", port = 3310, handshake = false, ways = { "http", "tls", "newlines" } } },
}
