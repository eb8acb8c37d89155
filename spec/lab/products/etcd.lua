-- etcd with one member.
return {
  title = "etcd", package = "etcd-server", tier = 2,
  start = [[
exec etcd --name lab --data-dir "$run/data" --listen-client-urls http://0.0.0.0:2379 \
  --advertise-client-urls "http://$address:2379" \
  --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
  --initial-cluster lab=http://127.0.0.1:2380 --unsafe-no-fsync
]],
  serves = { {
    service = "http", port = 2379, handshake = "etcd", ways = { "http" },
    fields = { application = "etcd", version = "$upstream" },
  } },
}
