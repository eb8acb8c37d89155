-- Ceph's monitor of one.
return {
  title = "Ceph", package = "ceph-mon", tier = 2,
  start = [[
cat > ceph.conf <<CONF
[global]
fsid = 2fac1234-31f8-11b4-a222-08002b34c005
mon initial members = lab
mon host = [v2:$address:3300,v1:$address:6789]
auth cluster required = none
auth service required = none
auth client required = none
run dir = $run
log to stderr = true
mon data = $run/mon
CONF
mkdir mon
ceph-mon -c "$run/ceph.conf" --mkfs -i lab
exec ceph-mon -c "$run/ceph.conf" -f -i lab
]],
  serves = {
    { service = "ceph", port = 3300, handshake = false, ways = { "wait", "http", "tls", "newlines" } },
    { service = "ceph", port = 6789, handshake = false, ways = { "wait", "http", "tls", "newlines" } },
  },
}
