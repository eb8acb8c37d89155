# The lab's two network namespaces, the wire between them and the packet filter of the servers' side. Sourced by bash.

in_servers() { ip netns exec "$lab_servers" "$@"; }
in_scanner() { ip netns exec "$lab_scanner" "$@"; }

lab_network_up() {
  ip netns add "$lab_servers"
  ip netns add "$lab_scanner"
  # Two queues, so that two workers can have one each for AF_XDP.
  ip link add "$lab_interface" netns "$lab_scanner" numtxqueues 2 numrxqueues 2 type veth \
    peer name "$lab_interface" netns "$lab_servers" numtxqueues 2 numrxqueues 2
  local namespace
  for namespace in "$lab_servers" "$lab_scanner"; do
    ip netns exec "$namespace" sysctl -qw net.ipv6.conf.all.accept_ra=0 "net.ipv6.conf.$lab_interface.accept_ra=0" \
      "net.ipv6.conf.$lab_interface.router_solicitations=0" net.ipv4.conf.all.rp_filter=0
    # Without offloads, frames on the wire carry the checksums and sizes that they would have on a cable.
    [ "${LAB_OFFLOAD:-off}" = on ] || ip netns exec "$namespace" ethtool -K "$lab_interface" tx off tso off gso off gro off > /dev/null
    ip -n "$namespace" link set lo up
  done
  ip -n "$lab_scanner" address add "$lab_source_v4/30" dev "$lab_interface"
  ip -n "$lab_scanner" address add "$lab_source_v6/64" dev "$lab_interface" nodad
  ip -n "$lab_servers" address add "$lab_gateway_v4/30" dev "$lab_interface"
  ip -n "$lab_servers" address add "$lab_gateway_v6/64" dev "$lab_interface" nodad
  ip -n "$lab_scanner" link set "$lab_interface" up
  ip -n "$lab_servers" link set "$lab_interface" up
  # A queue of its own: a veth has none, so a sender would never be told to wait.
  tc -n "$lab_scanner" qdisc replace dev "$lab_interface" root pfifo limit 1000
  ip -n "$lab_scanner" route add "$lab_range_v4" via "$lab_gateway_v4"
  ip -n "$lab_scanner" route add "$lab_range_v6" via "$lab_gateway_v6"
  ip -n "$lab_scanner" route add "$lab_products_v4" via "$lab_gateway_v4"
  # The servers' namespace is every host of the ranges; where nothing listens, its kernel answers with RST.
  ip -n "$lab_servers" route add local "$lab_range_v4" dev lo
  ip -n "$lab_servers" route add local "$lab_range_v6" dev lo
  # Hosts with servers have addresses as well: BIND listens at those of an interface only, and IPv6 binds to no others.
  lab_endpoints | awk '!seen[$3]++ { print "address add", $3 ($3 ~ /:/ ? "/128" : "/32"), "dev lo" }' | ip -n "$lab_servers" -batch -
  in_servers sysctl -qw net.ipv4.ip_unprivileged_port_start=0 net.core.somaxconn=4096 \
    net.ipv4.tcp_max_syn_backlog=4096 net.netfilter.nf_conntrack_tcp_be_liberal=1 \
    net.ipv4.ip_forward=1
  lab_filter | in_servers nft -f -
}

# The elements of an nftables set or map for one family, from "address port ..." lines on standard input.
elements() { awk -v family="$1" -v to="${2:-}" '(($1 ~ /:/) == (family == "v6")) { printf "%s%s . %s%s", n++ ? ", " : "", $1, $2, to ? " : " $1 " . " $3 : "" }'; }

# Ports that a server does not open itself are moved to the one it has; only these hosts are tracked, so that a fast scan of
# all the others cannot fill the connection table. lab_dropped says what is dropped.
lab_filter() {
  local moved tracked
  moved=$(lab_endpoints | awk '$5 == "assigned" { port[$2] = $4 } $6 == "nat" { print $3, $4, port[$2] }')
  tracked=$(cut -d' ' -f1 <<< "$moved" | sort -u)
  cat <<NFT
table inet lab {
  set tracked_v4 { type ipv4_addr; elements = { $(grep -v : <<< "$tracked" | paste -sd,) } }
  set tracked_v6 { type ipv6_addr; elements = { $(grep : <<< "$tracked" | paste -sd,) } }
  set dropped_v4 { type ipv4_addr . inet_service; elements = { $(lab_dropped | elements v4) } }
  set dropped_v6 { type ipv6_addr . inet_service; elements = { $(lab_dropped | elements v6) } }
  map moved_v4 { type ipv4_addr . inet_service : ipv4_addr . inet_service; elements = { $(elements v4 map <<< "$moved") } }
  map moved_v6 { type ipv6_addr . inet_service : ipv6_addr . inet_service; elements = { $(elements v6 map <<< "$moved") } }
  chain early {
    type filter hook prerouting priority raw
    ip daddr . tcp dport @dropped_v4 drop
    ip6 daddr . tcp dport @dropped_v6 drop
    ip daddr $lab_silent_v4 drop
    ip6 daddr $lab_silent_v6 drop
    ip daddr @tracked_v4 accept
    ip6 daddr @tracked_v6 accept
    notrack
  }
  chain answers {
    type filter hook output priority raw
    ip saddr @tracked_v4 accept
    ip6 saddr @tracked_v6 accept
    notrack
  }
  chain move {
    type nat hook prerouting priority dstnat
    dnat ip to ip daddr . tcp dport map @moved_v4
    dnat ip6 to ip6 daddr . tcp dport map @moved_v6
  }
}
NFT
}

# Loss in both directions, in percent of all packets; 0 takes it away. What a server sends must be lost behind its back: a
# plain drop on the way out is an error to the sender, for which Linux forgets a half-open connection when it repeats a
# SYN-ACK. A frame put on lo instead is sent, and then ignored there as another machine's.
lab_loss() {
  in_servers nft -f - <<< "table inet loss {}
delete table inet loss
table netdev loss {}
delete table netdev loss"
  [ "$1" -gt 0 ] || return 0
  in_servers nft -f - <<NFT
table inet loss {
  chain in {
    type filter hook prerouting priority -400
    iifname "$lab_interface" meta l4proto tcp numgen random mod 100 < $1 drop
  }
}
table netdev loss {
  chain out {
    type filter hook egress device "$lab_interface" priority 0
    meta l4proto tcp numgen random mod 100 < $1 fwd to "lo"
  }
}
NFT
}

# The processes that bear the lab's mark.
lab_marked() { { grep -lzxF "$lab_mark" /proc/[0-9]*/environ 2> /dev/null || true; } | sed "s|/proc/||; s|/environ||"; }

# Ends every process of the lab (the servers, and what was started to scan them), then the namespaces. The servers are in a
# pid namespace, which ends with its first process; the mark finds that one where the names of the namespaces are lost.
lab_network_down() {
  local namespace pids
  for _ in $(seq 100); do
    pids=$(
      for namespace in "$lab_servers" "$lab_scanner"; do
        [ ! -e "/run/netns/$namespace" ] || ip netns pids "$namespace" 2> /dev/null || true
      done
      lab_marked
    )
    [ -n "$pids" ] || break
    # shellcheck disable=SC2086 # a list
    kill -9 $pids 2> /dev/null || true
    sleep 0.05
  done
  for namespace in "$lab_servers" "$lab_scanner"; do
    [ ! -e "/run/netns/$namespace" ] || ip netns delete "$namespace" 2> /dev/null || rm -f "/run/netns/$namespace"
  done
}
