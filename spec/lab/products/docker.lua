-- Docker's engine without containers, networks or a firewall's rules of its own.
return {
  title = "Docker Engine", package = "docker.io", packages = { "iptables" }, tier = 2,
  start = [[
mount -t tmpfs cgroup /sys/fs/cgroup
controllers=$(awk '!/^#/ && $2 > 0 { print $1 }' /proc/cgroups)
[ -n "$controllers" ] || mount -t cgroup2 cgroup /sys/fs/cgroup
for one in $controllers; do
  mkdir "/sys/fs/cgroup/$one"
  mount -t cgroup -o "$one" "$one" "/sys/fs/cgroup/$one" || rmdir "/sys/fs/cgroup/$one"
done
containerd --root "$run/containerd" --state "$run/state" --address "$run/containerd.sock" --log-level error &
exec dockerd --host tcp://0.0.0.0:2375 --tls=false --data-root "$run/data" --exec-root "$run/exec" --pidfile "$run/pid" \
  --containerd "$run/containerd.sock" --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs
]],
  ready = [[test "$(curl -s "http://$address:2375/_ping")" = OK]],
  serves = { {
    service = "http", port = 2375, handshake = "docker", ways = { "http", "tls", "newlines" },
    fields = { application = "docker", status = 200, server = { "Docker/${upstream%%+*}" }, os = "linux" },
  } },
}
