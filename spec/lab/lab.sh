#!/bin/bash
# The lab: real servers in network namespaces, to scan with Sonde. Needs root; touches nothing outside of build/lab and its namespaces.
#
#   spec/lab/lab.sh up            install what is missing, start everything, wait until it listens
#   spec/lab/lab.sh down          end everything, also what a killed run has left behind
#   spec/lab/lab.sh list          server, service, address, port, assigned or unexpected, listener or nat; then closed and dropped
#   spec/lab/lab.sh shell         a shell where the scanner is: try ./sonde scan 198.18.1.1 -p 80,20080 --no-default-blocklist
#   spec/lab/lab.sh loss PERCENT  drop that share of the packets in both directions
#   spec/lab/lab.sh products      what became of each product: ready or failed; its version, address, ports
#   spec/lab/lab.sh versions      the servers' packages
#   spec/lab/lab.sh install       only install what is missing
#   spec/lab/lab.sh describe      names and addresses, as name=value
#   spec/lab/lab.sh state         what a scan could leave behind: tables, routes, links, namespaces, processes, mounts
#   spec/lab/lab.sh guard WORD    for the specs: wait until no other spec run has the lab, take it, say so by writing WORD to
#                                 build/lab/guarded, and bring the lab down as soon as standard input ends
#
# With LAB_TIER=2 in the environment all products run (spec/lab/products), otherwise those that are small and start fast.
# With LAB_ONLY=NAME,... there only these products run, without the servers that are scanned in many places.
. "$(dirname "$0")/lab_common.sh"
. "$lab_scripts/lab_network.sh"

READY_SECONDS=180
PRODUCTS_SECONDS=200
OWNER_SECONDS=900 # of another spec run that this one waits for
POLICY_MARK="written by spec/lab/lab.sh, removed by it"

fail() {
  echo "lab: $*" >&2
  exit 1
}

packages() {
  local lists=("$lab_scripts/packages")
  [ "$lab_tier" = 1 ] || [ -n "$lab_only" ] || lists+=("$lab_scripts/packages.all")
  {
    sed 's/#.*//' "${lists[@]}"
    [ -z "$lab_only" ] || (cd "$lab_root" && luajit spec/lab/products.lua packages)
  } | xargs
}

missing_packages() {
  local package
  for package in $(packages); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || echo "$package"
  done
}

# shellcheck disable=SC2016 # dpkg-query's own variables
versions() { packages | xargs dpkg-query -W -f '${Package} ${Version}\n'; }

# Installs without starting a daemon on this machine: Debian's packages ask policy-rc.d before they start anything.
install_packages() {
  local missing policy=/usr/sbin/policy-rc.d status=0
  missing=$(missing_packages | xargs)
  [ -n "$missing" ] || return 0
  echo "lab: installing $missing" >&2
  # One that is there already stays as it is, unless it is ours, left by a run that was killed.
  if [ -e "$policy" ] && ! grep -q "$POLICY_MARK" "$policy"; then
    policy=
  else
    trap 'rm -f "$policy"; exit 130' INT TERM HUP
    printf '#!/bin/sh\n# %s\nexit 101\n' "$POLICY_MARK" > "$policy"
    chmod 755 "$policy"
  fi
  # shellcheck disable=SC2086 # a list
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing > "$lab_home/logs/install.log" 2>&1 < /dev/null ||
    { apt-get update -qq > /dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing \
      > "$lab_home/logs/install.log" 2>&1 < /dev/null; } || status=$?
  if [ -n "$policy" ]; then
    rm -f "$policy"
    trap - INT TERM HUP
  fi
  [ "$status" = 0 ] || fail "installing failed: $(tail -n 3 "$lab_home/logs/install.log")"
}

# Packages that conflict with others are only unpacked, each to a folder of its own.
unpack_package() {
  local folder=$lab_home/unpacked/$1 part
  [ ! -e "$folder/version" ] || return 0
  part=$(mktemp -d "$lab_home/unpacked.XXXXXX")
  chmod 755 "$part"
  if (cd "$part" && { apt-get download -qq "$1" || { apt-get update -qq && apt-get download -qq "$1"; }; } && dpkg -x ./*.deb . &&
    dpkg-deb -f ./*.deb Version > version && rm ./*.deb) >> "$lab_home/logs/install.log" 2>&1; then
    # What Debian has moved below /usr is there already.
    for top in bin sbin lib; do
      [ ! -d "$part/$top" ] || { mkdir -p "$part/usr/$top"; cp -a "$part/$top/." "$part/usr/$top/"; }
    done
    mkdir -p "$lab_home/unpacked"
    mv "$part" "$folder"
  else
    rm -rf "$part"
    fail "unpacking $1 failed: $(tail -n 3 "$lab_home/logs/install.log")"
  fi
}

prepare_products() {
  local folder=$lab_home/products package
  mkdir -p "$folder"
  rm -f "$folder"/*.says "$folder"/*.start "$folder"/*.ready "$folder"/*.truth
  (cd "$lab_root" && luajit spec/lab/products.lua write "$folder" "$lab_tier")
  # shellcheck disable=SC2013 # words
  for package in $(cut -d' ' -f5- "$folder/list"); do unpack_package "$package"; done
  # One key for all runs: making it costs more than starting most servers.
  if [ ! -f "$folder/certificate.pem" ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=Sonde/CN=lab.example" -addext "subjectAltName=DNS:*.lab.example" \
      -keyout "$folder/key.pem" -out "$folder/certificate.part" 2> /dev/null
    chmod 644 "$folder/key.pem"
    mv "$folder/certificate.part" "$folder/certificate.pem"
  fi
}

# Waits until every product is ready or has failed; which of both is for the specs to judge.
wait_products() {
  local deadline=$((SECONDS + PRODUCTS_SECONDS)) folder=$lab_home/products
  until [ "$(cat "$folder"/*.says 2> /dev/null | grep -cx 'ready\|failed')" = "$(wc -l < "$folder/list")" ]; do
    [ "$SECONDS" -lt "$deadline" ] || break
    kill -0 "$(cat "$lab_home/state")" 2> /dev/null || fail "the servers' namespace died; see build/lab/logs"
    sleep 0.1
  done
}

# Waits until every socket of the table is listening.
wait_ready() {
  local wanted open absent deadline=$((SECONDS + READY_SECONDS))
  wanted=$(lab_endpoints | awk '$6 == "listener" { print $3, $4 }' | sort -u)
  while true; do
    open=$(in_servers ss -Hltn | awk '{ port = $4; sub(/.*:/, "", port); a = $4; sub(/:[0-9]+$/, "", a); gsub(/[][]|%.*/, "", a); print a, port }')
    absent=$(comm -23 <(echo "$wanted") <(sort -u <<< "$open"))
    [ -n "$absent" ] || return 0
    [ "$SECONDS" -lt "$deadline" ] || fail "not listening after $READY_SECONDS s: $(paste -sd, <<< "$absent"); see build/lab/logs"
    [ ! -e "$lab_home/logs/ended" ] || fail "ended at once: $(paste -sd, "$lab_home/logs/ended"); see build/lab/logs"
    kill -0 "$(cat "$lab_home/state")" 2> /dev/null || fail "the servers' namespace died; see build/lab/logs"
    sleep 0.1
  done
}

up() {
  [ "$(id -u)" = 0 ] || fail "needs root"
  mkdir -p "$lab_home/logs" "$lab_home/templates"
  chmod 755 "$lab_home"
  install_packages
  prepare_products
  lab_network_down
  rm -f "$lab_home/logs/ended"
  trap 'lab_network_down' EXIT
  lab_network_up
  # setsid: the terminal's Ctrl-C is not for the servers. The lock's descriptor must not stay open in them.
  setsid ip netns exec "$lab_servers" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    LAB_TIER="$lab_tier" LAB_ONLY="$lab_only" "$lab_mark" unshare --mount --pid --fork --kill-child --mount-proc /bin/bash "$lab_scripts/lab_inside.sh" \
    < /dev/null > "$lab_home/logs/lab.log" 2>&1 9>&- &
  echo $! > "$lab_home/state"
  disown
  [ -n "$lab_only" ] || wait_ready
  wait_products
  # The kernel adds a route once it knows that an address of its own is nobody else's; until then the lab would change.
  until [ -z "$(in_scanner ip -6 address show tentative)" ]; do sleep 0.1; done
  trap - EXIT
}

down() {
  lab_network_down
  rm -f "$lab_home/state"
}

list() {
  lab_endpoints
  lab_closed | sed 's/^/- closed /'
  lab_dropped | sed 's/^/- dropped /'
}

# Firewall rules, routes, links and namespaces of this machine and of the scanner; the processes in the scanner's
# namespace, and all of the lab's once that is gone. One a line, to be compared with an earlier list.
state() {
  local where process
  for where in host scanner; do
    local run=()
    if [ "$where" = scanner ]; then
      [ -e "/run/netns/$lab_scanner" ] || continue
      run=(ip netns exec "$lab_scanner")
    fi
    {
      "${run[@]}" nft list ruleset | sed 's/counter packets [0-9]* bytes [0-9]*/counter/'
      "${run[@]}" ip rule
      "${run[@]}" ip -6 rule
      { "${run[@]}" ip route show table all; "${run[@]}" ip -6 route show table all; } | sed 's/ expires [0-9]*sec//' | grep -v ' cache'
      "${run[@]}" ip -br link | awk '{ print "link", $1 }'
      "${run[@]}" ip -br address | awk '{ $2 = ""; print "address", $0 }'
    } | sed "/^[[:space:]]*$/d; s/^/$where: /"
  done
  # Other programs, other specs and labs of other trees make namespaces of their own.
  ip netns list | awk -v own="$lab_name" '$1 ~ "^" own { print "namespace", $1 }'
  grep -F " $lab_root/" /proc/self/mounts | sed 's/^/mount /' || true
  if [ -e "/run/netns/$lab_scanner" ]; then
    ip netns pids "$lab_scanner"
  else
    lab_marked
  fi | while read -r process; do
    echo "process $process $(tr '\0' ' ' < "/proc/$process/cmdline" 2> /dev/null)"
  done
}

# One at a time: `down` waits for an `up` in progress, and takes down what it made.
locked() {
  mkdir -p "$lab_home"
  exec 9> "$lab_home/lock"
  flock -w 600 9 || fail "another up or down has not ended for 10 minutes"
  "$@"
}

guard() {
  mkdir -p "$lab_home"
  exec 8> "$lab_home/owner"
  flock -w "$OWNER_SECONDS" 8 || fail "another spec run has had the lab for $OWNER_SECONDS s"
  echo "$1" > "$lab_home/guarded"
  cat > /dev/null
  locked down
}

# The lab of a spec run is not taken from it; LAB_GUARDED says that it is this very run that asks.
up_by_hand() {
  [ -n "${LAB_GUARDED:-}" ] || flock -n "$lab_home/owner" true || fail "a spec run has the lab; try again when it is over"
  locked up
}

products() {
  local name address ports
  while read -r name address _ ports _; do
    printf '%-8s %-20s %-14s %-24s %s\n' "$(tail -n 1 "$lab_home/products/$name.says")" "$name" "$address" "$ports" \
      "$(sed -n 's/^- - version //p' "$lab_home/products/$name.says")"
  done < "$lab_home/products/list"
}

case ${1:-help} in
  up) mkdir -p "$lab_home"; up_by_hand ;;
  down) locked down ;;
  list) list ;;
  loss) lab_loss "${2:?percent}" ;;
  describe)
    printf '%s\n' "mark=$lab_mark" "scanner_ns=$lab_scanner" "servers_ns=$lab_servers" "interface=$lab_interface" "source_v4=$lab_source_v4" \
      "source_v6=$lab_source_v6" "gateway_v4=$lab_gateway_v4" "gateway_v6=$lab_gateway_v6" "range_v4=$lab_range_v4" \
      "range_v6=$lab_range_v6" "tier=$lab_tier"
    ;;
  state) state ;;
  shell) in_scanner "${SHELL:-/bin/bash}" ;;
  products) products ;;
  versions) versions ;;
  install) mkdir -p "$lab_home/logs"; locked install_packages ;;
  guard) guard "${2:?word}" ;;
  *) sed -n '2,/^\. /{/^#/s/^# \?//p}' "$0" ;;
esac
