#!/bin/bash
# One product of the lab: lab_product.sh NAME ADDRESS INDEX. Runs in network, mount and UTS namespaces of its own, and gives
# the server a machine's worth of file system that nobody else sees: what it writes to /etc, /var, /tmp and /run ends with it.
# What the server says of itself goes to descriptor 3, and "ready" or "failed" at last; that is open from outside, because here
# a file open for writing would keep the file system from becoming read-only.
. "$(dirname "$0")/lab_common.sh"

name=$1 address=$2 link=p$3
folder=$lab_home/products
READY_SECONDS=180
read -r _ _ package ports unpacked < <(grep "^$name " "$folder/list")

network() {
  ip -batch - <<IP
link set lo up
link add eth0 type veth peer name $link netns 1
address add $address/32 dev eth0
link set eth0 up
route add $lab_gateway_v4 dev eth0
route add $lab_source_v4 via $lab_gateway_v4 dev eth0
IP
  nsenter --net=/proc/1/ns/net ip -batch - <<IP
link set $link up
route add $address/32 dev $link
IP
  hostname "$name.lab.example"
}

# Everything is read-only but for layers in memory over what servers write to; packages that are only unpacked are layers, too.
file_system() {
  local top layers one
  mount -t tmpfs -o mode=0755 product /run
  mkdir -p /run/lock /run/layers
  mkdir -m 1777 /run/product
  for top in etc var tmp usr; do
    layers=/$top
    for one in $unpacked; do
      [ ! -d "$lab_home/unpacked/$one/$top" ] || layers=$lab_home/unpacked/$one/$top:$layers
    done
    [ "$top" != usr ] || [ "$layers" != /usr ] || continue
    mkdir -p "/run/layers/$top/upper" "/run/layers/$top/work"
    # The top of a layer hides the mode of what is under it.
    chmod --reference="/$top" "/run/layers/$top/upper"
    mount -t overlay -o "lowerdir=$layers,upperdir=/run/layers/$top/upper,workdir=/run/layers/$top/work" "$top" "/$top"
  done
  mount -t tmpfs -o mode=1777 product /dev/shm
  mount -o remount,ro,bind /
  printf '127.0.0.1 localhost\n%s %s.lab.example %s\n%s scanner\n' "$address" "$name" "$name" "$lab_source_v4" > /etc/hosts
  rm -f /etc/resolv.conf
  : > /etc/resolv.conf
}

package_version() {
  if [[ " $unpacked " == *" $1 "* ]]; then
    cat "$lab_home/unpacked/$1/version"
  else
    dpkg-query -W -f '${Version}' "$1"
  fi
}

listening() {
  local port open
  open=$(ss -Hltn | awk '$4 !~ /^127|^\[::1\]/ { sub(/.*:/, "", $4); print $4 }')
  for port in ${ports//,/ }; do
    grep -qx "$port" <<< "$open" || return 1
  done
}

await_ready() {
  local deadline=$((SECONDS + READY_SECONDS))
  until listening && bash -e "$folder/$name.ready"; do
    [ "$SECONDS" -lt "$deadline" ] && kill -0 "$server" || return 1
    sleep 0.1
  done
}

# One line: port, group, name, and the text with whatever would break the line left out.
tell() { printf '%s %s %s %s\n' "$1" "$2" "$3" "${4//[$'\n\r']/ }" >&3; }

network
file_system
version=$(package_version "$package")
upstream=${version#*:}
upstream=${upstream%-*}
fingerprint=$(openssl x509 -in "$lab_home/products/certificate.pem" -outform der | sha256sum | cut -d' ' -f1)
run=/run/product key=$lab_home/products/key.pem certificate=$lab_home/products/certificate.pem
export name address run version upstream key certificate fingerprint HOME=$run
cd "$run"
bash -eu "$folder/$name.start" 3>&- &
server=$!
if await_ready; then
  set +e
  # shellcheck disable=SC1090 # written by products.lua
  . "$folder/$name.truth"
  tell - - version "$version"
  echo ready >&3
else
  echo failed >&3
fi
exec 3>&-
wait "$server"
echo "ended with status $?"
