-- BIND: authoritative for one zone.
return {
  title = "BIND", package = "bind9", tier = 1,
  start = [[
cat > named.conf <<CONF
options {
  directory "$run";
  pid-file "$run/pid";
  session-keyfile "$run/session.key";
  managed-keys-directory "$run";
  listen-on { any; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
};
controls { };
zone "lab.example" { type primary; file "$run/zone"; };
CONF
printf '$TTL 60\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\nns IN A 198.18.1.13\n' > zone
exec named -f -g -n 1 -c "$run/named.conf"
]],
  serves = { {
    service = "dns", port = 53, ways = {},
    fields = { version = "$(named -v | sed 's/^BIND \\([^ ]*\\).*/\\1/')", recursion_available = false, rcode = 0 },
  } },
}
