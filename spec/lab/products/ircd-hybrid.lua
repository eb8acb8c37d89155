-- ircd-hybrid, unpacked: it conflicts with ngIRCd.
return {
  title = "ircd-hybrid", package = "ircd-hybrid", packages = { "libmaxminddb0", "libjansson4" }, unpack = { "ircd-hybrid" },
  tier = 2,
  start = [[
cat > ircd.conf <<CONF
serverinfo {
  name = "hybrid.lab.example";
  description = "Sonde lab";
  network_name = "Lab";
  hub = no;
};
admin { name = "lab"; description = "lab"; email = "lab@lab.example"; };
class { name = "users"; max_number = 1000; number_per_ip_global = 1000; number_per_ip_local = 1000; };
listen { host = "0.0.0.0"; port = 6667; };
auth { user = "*@*"; class = "users"; };
general { disable_auth = yes; throttle_count = 1000; throttle_time = 1 second; };
CONF
mkdir -p /var/log/ircd /var/lib/ircd /run/ircd
chmod 777 . /var/log/ircd /var/lib/ircd /run/ircd
exec setpriv --reuid=nobody --regid=nogroup --clear-groups ircd-hybrid -foreground -configfile "$run/ircd.conf" \
  -pidfile "$run/ircd.pid"
]],
  serves = { {
    -- It greets at once, but hears nothing before it has looked up our name, and in the lab nobody can tell it.
    service = "irc", port = 6667, outcome = "timeout", ways = { "wait", "http", "tls", "newlines" },
    fields = { host = "hybrid.lab.example" },
  } },
}
