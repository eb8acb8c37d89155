#!/bin/bash
# Process 1 of the lab's pid namespace: makes the private places, starts every server, and reaps. When it dies, so do they.
. "$(dirname "$0")/lab_common.sh"

# Everything the servers write at run time is in this tmpfs, which goes away with the mount namespace.
mount -t tmpfs -o mode=0755 lab /run
mkdir -p /run/lab
printf '127.0.0.1 localhost\n::1 localhost\n%s scanner\n%s scanner\n' "$lab_source_v4" "$lab_source_v6" > /run/lab/hosts
: > /run/lab/resolv.conf
mount --bind /run/lab/hosts /etc/hosts
mount --bind /run/lab/resolv.conf "$(readlink -f /etc/resolv.conf || echo /etc/resolv.conf)" 2>/dev/null || true

ulimit -n "$(ulimit -Hn)"
while read -r server; do
  mkdir -p "/run/lab/$server"
  (
    cd "/run/lab/$server"
    HOME=$PWD run=$PWD bash "$lab_scripts/servers/$server.sh" || true
    echo "$server" >> "$lab_home/logs/ended"
  ) > "$lab_home/logs/$server.log" 2>&1 < /dev/null &
done < <([ -n "$lab_only" ] || awk '/^[^#]/ { print $1 }' "$lab_scripts/servers/table" | sort -u)

index=0
while read -r product address _; do
  index=$((index + 1))
  unshare --net --mount --uts "$lab_scripts/lab_product.sh" "$product" "$address" "$index" > "$lab_home/logs/product-$product.log" 2>&1 \
    3> "$lab_home/products/$product.says" < /dev/null &
done < "$lab_home/products/list"

# bash reaps whatever is handed to process 1 while it waits.
while true; do sleep 3600 & wait $!; done
