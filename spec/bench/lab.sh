#!/bin/sh
# The bench's network: lab.sh up NAME MODE, lab.sh down NAME. Two namespaces, NAME-near and NAME-far, joined by a veth pair with no
# route out. MODE says who receives:
#   split   near: a kernel thread on core 0, where the scanners run; far: one on core 1
#   inline  both: whoever sends, on its own core, as the kernel does by default
#   pair    as inline, with a queue for each of two cores
# `up` prints names, hardware addresses and the interfaces' settings as JSON.
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
[ "$mode" = pair ] && queues=2 || queues=1

# What cannot be set up to its end leaves nothing behind.
trap 'status=$?; [ $status = 0 ] || down' EXIT

# set_up NAMESPACE INTERFACE
set_up() {
  # Checksums and segments as on a wire. GRO makes veth receive by NAPI, as a card does.
  ip netns exec "$1" ethtool -K "$2" tx off rx off tso off gso off gro on >/dev/null 2>&1
  ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  # veth has room for 256 frames. With a queue in front it holds the sender back (since Linux 6.16) where its peer is full, as a
  # card does; without one it drops.
  if [ "$queues" = 1 ]; then
    ip netns exec "$1" tc qdisc replace dev "$2" root pfifo limit 1000
  else
    ip netns exec "$1" tc qdisc replace dev "$2" root handle 1: mq
    for class in $(seq "$queues"); do
      ip netns exec "$1" tc qdisc replace dev "$2" parent "1:$class" pfifo limit 1000
    done
  fi
  ip -n "$1" link set lo up
  ip -n "$1" link set "$2" up
}

mac() { ip netns exec "$1" cat "/sys/class/net/$2/address"; }

# settings NAMESPACE INTERFACE: what the kernel says they are.
settings() {
  ip netns exec "$1" ethtool -k "$2" | awk -F ': ' '
    /^(rx-checksumming|tx-checksumming|tcp-segmentation-offload|generic-segmentation-offload|generic-receive-offload):/ {
      split($2, word, " "); printf "\"%s\": \"%s\", ", $1, word[1]
    }'
  printf '"threaded_napi": "%s", "queues": %d, ' "$(ip netns exec "$1" cat "/sys/class/net/$2/threaded")" "$queues"
  printf '"qdisc": "%s"' "$(ip netns exec "$1" tc qdisc show dev "$2" | awk '{ printf "%s%s", sep, $2; sep = " " }')"
}

ip netns add "$near"
ip netns add "$far"
ip link add near0 netns "$near" numrxqueues "$queues" numtxqueues "$queues" type veth \
  peer name far0 netns "$far" numrxqueues "$queues" numtxqueues "$queues"
set_up "$near" near0
set_up "$far" far0
ip -n "$near" addr add 192.0.2.2/24 dev near0
ip -n "$far" addr add 192.0.2.1/24 dev far0
ip -n "$near" neigh replace 192.0.2.1 lladdr "$(mac "$far" far0)" dev near0 nud permanent
ip -n "$near" route add 198.18.0.0/15 via 192.0.2.1
if [ "$mode" = split ]; then
  ip netns exec "$near" sh -c "echo 1 > /sys/class/net/near0/threaded"
  ip netns exec "$far" sh -c "echo 1 > /sys/class/net/far0/threaded"
fi
cat << END
{"mode": "$mode", "near": "$near", "far": "$far", "near_mac": "$(mac "$near" near0)", "far_mac": "$(mac "$far" far0)",
 "settings": {"near0": {$(settings "$near" near0)}, "far0": {$(settings "$far" far0)}}}
END
