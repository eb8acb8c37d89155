-- jabberd 2: its router and what speaks to clients.
return {
  title = "jabberd2", package = "jabberd2", unpack = { "jabberd2" },
  packages = { "libhttp-parser2.9", "libudns0", "libmariadb3", "libpq5", "libgsasl18", "libdb5.3", "libidn12" }, tier = 2,
  start = [[
mkdir -p /run/jabberd2 /var/log/jabberd2 db
sed -i "s/127.0.0.1/127.0.0.1/; s/<log type='file'>/<log type='stdout'>/; s|/var/lib/jabberd2|$run/db|" /etc/jabberd2/*.xml
sed -i "s/localhost.localdomain/jabber.lab.example/; s|<module>sqlite</module>|<module>anon</module>|" /etc/jabberd2/c2s.xml
jabberd2-router -c /etc/jabberd2/router.xml &
until ss -Hltn | grep -q :5347; do sleep 0.1; done
exec jabberd2-c2s -c /etc/jabberd2/c2s.xml
]],
  serves = { { service = "xmpp", port = 5222, ways = { "http", "tls" }, fields = {} } },
}
