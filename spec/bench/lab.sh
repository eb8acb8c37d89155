#!/bin/sh
# The bench's network: lab.sh up NAME inline|split, lab.sh down NAME. Two namespaces, NAME-near and NAME-far, joined by a veth
# pair with no route out. `split`: the far side's receiving is a kernel thread on core 1, and the near side's one on core 0,
# where the scanners run; `inline`: all of it happens on the core that sends, as the kernel does by default.
set -eu

action=$1 name=$2 near=$2-near far=$2-far

down() {
  ip netns del "$near" 2>/dev/null || true
  ip netns del "$far" 2>/dev/null || true
}

if [ "$action" = down ]; then
  down
  exit 0
fi
mode=$3

# What cannot be set up to its end leaves nothing behind.
trap 'status=$?; [ $status = 0 ] || down' EXIT

ip netns add "$near"
ip netns add "$far"
ip link add near0 netns "$near" numrxqueues 1 numtxqueues 1 type veth peer name far0 netns "$far" numrxqueues 1 numtxqueues 1
for one in "$near near0" "$far far0"; do
  set -- $one
  # Checksums and segments as on a wire. GRO makes veth receive by NAPI, as a card does.
  ip netns exec "$1" ethtool -K "$2" tx off rx off tso off gso off gro on >/dev/null 2>&1
  ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  # With a queue in front, veth holds the sender back where its peer is full, as a card does, in place of dropping.
  ip netns exec "$1" tc qdisc replace dev "$2" root pfifo limit 1000
  ip -n "$1" link set lo up
  ip -n "$1" link set "$2" up
done
ip -n "$near" addr add 192.0.2.2/24 dev near0
ip -n "$far" addr add 192.0.2.1/24 dev far0
mac() { ip netns exec "$1" cat "/sys/class/net/$2/address"; }
ip -n "$near" neigh replace 192.0.2.1 lladdr "$(mac "$far" far0)" dev near0 nud permanent
ip -n "$near" route add 198.18.0.0/15 via 192.0.2.1
ip netns exec "$near" ip -br link show near0 >/dev/null
if [ "$mode" = split ]; then
  for one in "$near near0" "$far far0"; do
    set -- $one
    ip netns exec "$1" sh -c "echo 1 > /sys/class/net/$2/threaded"
  done
fi
echo "{\"near\": \"$near\", \"far\": \"$far\", \"near_mac\": \"$(mac "$near" near0)\", \"far_mac\": \"$(mac "$far" far0)\"}"
