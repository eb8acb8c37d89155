# inetutils telnetd, started by inetutils inetd for each connection.
. "$(dirname "$0")/../lab_common.sh"

lab_listeners telnet | awk '
  { print $1 ":" $2, "stream", $1 ~ /:/ ? "tcp6" : "tcp4", "nowait", "root", "/usr/sbin/telnetd", "telnetd" }
' > "$run/inetd.conf"
exec inetutils-inetd --debug --rate=100000 --pidfile="$run/pid" "$run/inetd.conf"
