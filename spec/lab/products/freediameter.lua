-- freeDiameter alone.
return {
  title = "freeDiameter", package = "freediameterd", tier = 2,
  start = [[
cat > fd.conf <<CONF
Identity = "freediameter.lab.example";
Realm = "lab.example";
Port = 3868;
SecPort = 0;
No_SCTP;
ListenOn = "$address";
TLS_Cred = "$certificate", "$key";
TLS_CA = "$certificate";
CONF
exec freeDiameterd -c "$run/fd.conf" -q
]],
  serves = { {
    service = "diameter", port = 3868, ways = {},
    fields = {
      origin_host = "freediameter.lab.example", origin_realm = "lab.example", error = "DIAMETER_UNKNOWN_PEER",
    },
  } },
}
