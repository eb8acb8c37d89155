-- OpenLDAP with an empty directory.
return {
  title = "OpenLDAP", package = "slapd", tier = 1,
  start = [[
mkdir db
cat > slapd.conf <<CONF
modulepath /usr/lib/ldap
moduleload back_mdb
include /etc/ldap/schema/core.schema
pidfile $run/pid
TLSCertificateFile $certificate
TLSCertificateKeyFile $key
database mdb
suffix "dc=lab,dc=example"
directory $run/db
maxsize 1048576
CONF
exec slapd -d 0 -f "$run/slapd.conf" -h "ldap://0.0.0.0:389 ldaps://0.0.0.0:636"
]],
  serves = {
    {
      service = "ldap", port = 389, ways = {},
      fields = { code = 0, naming_contexts = "dc=lab,dc=example", versions = "3" },
    },
    {
      service = "ldap", port = 636, handshake = "tls", ways = { tls = "tls" },
      fields = { naming_contexts = "dc=lab,dc=example" },
      tls = { sha256 = "$fingerprint" },
    },
  },
}
