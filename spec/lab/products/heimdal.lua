-- Heimdal's key distribution center for one realm, unpacked: it conflicts with MIT's.
return {
  title = "Heimdal", package = "heimdal-kdc",
  packages = {
    "libgssapi3-heimdal", "libhdb9-heimdal", "libkadm5clnt7-heimdal", "libkadm5srv8-heimdal", "libkdc2-heimdal",
    "libsl0-heimdal",
  },
  unpack = { "heimdal-kdc", "heimdal-clients" }, tier = 2,
  start = [[
cat > krb5.conf <<CONF
[libdefaults]
 default_realm = LAB.EXAMPLE
[realms]
 LAB.EXAMPLE = { kdc = 127.0.0.1 }
[kdc]
 database = { dbname = $run/heimdal
  acl_file = $run/acl }
 ports = 88
 enable-http = no
[logging]
 kdc = STDERR
CONF
export KRB5_CONFIG=$run/krb5.conf
kadmin.heimdal -l init --realm-max-ticket-life=1d --realm-max-renewable-life=1d LAB.EXAMPLE
exec /usr/lib/heimdal-servers/kdc --config-file="$run/krb5.conf"
]],
  serves = { { service = "kerberos", port = 88, ways = {}, fields = { error = 6 } } },
}
