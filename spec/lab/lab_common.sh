# What every script of the lab knows: names, addresses, and who listens where. Sourced by bash.
# shellcheck disable=SC2034 # used by those who source it
set -euo pipefail

lab_scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab_root=$(cd "$lab_scripts/../.." && pwd)
lab_home=$lab_root/build/lab

# The names carry a digest of the tree's path, so that two trees on one machine do not take each other's lab down.
lab_name=sonde-lab-$(printf %s "$lab_root" | cksum | cut -d' ' -f1)
lab_servers=$lab_name-servers
lab_scanner=$lab_name-scanner

lab_tier=${LAB_TIER:-1}
lab_only=${LAB_ONLY:-}

# In the environment of whatever runs in the lab.
lab_mark=SONDE_LAB=$lab_name

lab_interface=wire
lab_gateway_v4=198.19.255.1
lab_gateway_v6=2001:db8:ffff::1
lab_source_v4=198.19.255.2
lab_source_v6=2001:db8:ffff::2
lab_range_v4=198.18.0.0/16
lab_range_v6=2001:db8::/33
# Products are machines of their own behind the servers' namespace.
lab_products_v4=198.19.1.0/24
# Hosts at which everything is dropped.
lab_silent_v4=198.18.4.0/24
lab_silent_v6=2001:db8:4::/48

# Every open endpoint, one a line: server service address port assigned|unexpected listener|nat
lab_endpoints() {
  awk '
    /^[^#]/ { n++; server[n] = $1; service[n] = $2; port[n] = $3; host[n] = $4; how[n] = $5 }
    function endpoint(i, address, p) {
      print server[i], service[i], address host[i], p, p == port[i] ? "assigned" : "unexpected", p == port[i] ? "listener" : how[i]
    }
    END {
      for (i = 1; i <= n; i++) {
        # On the hosts of the first network at a port nobody has, on those of the second at a port of another service.
        other = port[(i + 6) % n + 1]
        endpoint(i, "198.18.1.", port[i]); endpoint(i, "198.18.1.", 20000 + port[i])
        endpoint(i, "198.18.2.", port[i]); endpoint(i, "198.18.2.", other)
        endpoint(i, "2001:db8:1::", port[i]); endpoint(i, "2001:db8:1::", 20000 + port[i])
        endpoint(i, "2001:db8:2::", port[i]); endpoint(i, "2001:db8:2::", other)
      }
    }' "$lab_scripts/servers/table"
}

# "address port" of each socket that a service has to open itself.
lab_listeners() {
  lab_endpoints | awk -v service="$1" '$2 == service && $6 == "listener" { print $3, $4 }'
}

# The same as one word each: address:port, [v6]:port.
lab_sockets() {
  lab_listeners "$1" | awk '{ print ($1 ~ /:/ ? "[" $1 "]" : $1) ":" $2 }'
}

# The addresses of a service, without ports.
lab_addresses() {
  lab_endpoints | awk -v service="$1" '$2 == service { print $3 }' | sort -u
}

# "address port" of what nothing listens at: the kernel answers with RST.
lab_closed() {
  lab_endpoints | awk '$5 == "assigned" { print $3, $4 + 1 }'
  printf '198.18.3.1 %s\n2001:db8:3::1 %s\n' 22 22 80 80 443 443 5900 5900
}

# "address port" of what is dropped without an answer, on hosts that have something open and on hosts that have not.
lab_dropped() {
  lab_endpoints | awk '$5 == "assigned" { print $3, $4 + 2 }'
  printf '198.18.4.1 %s\n2001:db8:4::1 %s\n' 22 22 80 80 443 443
}
