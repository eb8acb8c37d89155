-- MIT Kerberos' key distribution center for one realm.
return {
  title = "MIT Kerberos", package = "krb5-kdc", tier = 1,
  start = [[
cat > krb5.conf <<CONF
[libdefaults]
 default_realm = LAB.EXAMPLE
[realms]
 LAB.EXAMPLE = { kdc = 127.0.0.1 }
[kdcdefaults]
 kdc_tcp_listen = 88
[dbmodules]
 LAB.EXAMPLE = { database_name = $run/principal }
CONF
cat > kdc.conf <<CONF
[realms]
 LAB.EXAMPLE = {
  database_name = $run/principal
  key_stash_file = $run/stash
 }
CONF
export KRB5_CONFIG=$run/krb5.conf KRB5_KDC_PROFILE=$run/kdc.conf
kdb5_util create -s -r LAB.EXAMPLE -P lab -W > /dev/null
exec krb5kdc -n -r LAB.EXAMPLE
]],
  serves = { {
    service = "kerberos", port = 88, ways = { "http", "tls", "newlines" },
    fields = { error = 6, text = "CLIENT_NOT_FOUND" },
  } },
}
