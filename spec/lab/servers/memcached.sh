# memcached: text and binary protocol at the same ports, TCP only.
. "$(dirname "$0")/../lab_common.sh"

exec memcached -u nobody -U 0 -m 8 -c 4096 -t 1 -l "$(lab_sockets memcached | paste -sd,)"
