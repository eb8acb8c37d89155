# BIND: authoritative for one zone, no recursion, TCP and UDP.
. "$(dirname "$0")/../lab_common.sh"

listen() {
  lab_listeners dns | awk -v family="$1" '($1 ~ /:/) == (family == "v6") { print $2, $1 }' | sort -n |
    awk -v word="$2" '{ printf "  %s port %s { %s; };\n", word, $1, $2 }'
}

chown bind: "$run"
cat > "$run/named.conf" <<CONF
options {
  directory "$run";
  pid-file "$run/pid";
  session-keyfile "$run/session.key";
  managed-keys-directory "$run";
$(listen v4 listen-on)
$(listen v6 listen-on-v6)
  recursion no;
  dnssec-validation no;
  tcp-clients 4096;
  interface-interval 0;
};
controls { };
zone "lab.example" { type primary; file "$run/zone"; };
CONF
cat > "$run/zone" <<'ZONE'
$TTL 60
@ IN SOA ns hostmaster 1 3600 600 86400 60
@ IN NS ns
ns IN A 198.18.1.13
ns IN AAAA 2001:db8:1::13
ZONE
exec named -f -g -u bind -n 1 -c "$run/named.conf"
