-- INN's server for readers, unpacked: it conflicts with other news servers.
return {
  title = "INN", package = "inn2", packages = { "libcanlock3", "libperl5.36", "libpython3.11", "libdb5.3" },
  unpack = { "inn2", "inn2-inews" }, tier = 2,
  start = [[
mkdir -p /run/news /var/spool/news/articles /var/spool/news/overview /var/log/news /var/lib/news
cat > /etc/news/inn.conf <<CONF
mta: "/bin/true %s"
ovmethod: tradindexed
hismethod: hisv6
pathhost: inn.lab.example
domain: lab.example
pathnews: /usr/lib/news
pathlog: /var/log/news
pathdb: /var/lib/news
pathrun: /run/news
pathspool: /var/spool/news
pathetc: /etc/news
nnrpdloadlimit: 0
tlscertfile: $certificate
tlskeyfile: $key
CONF
cat > /etc/news/readers.conf <<CONF
auth lab { hosts: "*" default: "lab" }
access lab { users: "*" newsgroups: "*" }
CONF
printf 'control 0000000000 0000000001 n\njunk 0000000000 0000000001 n\n' > /var/lib/news/active
: > /var/lib/news/newsgroups
chown -R news: /run/news /var/spool/news /var/log/news /var/lib/news
export LD_LIBRARY_PATH=/usr/lib/news
: > /var/lib/news/history
: > /var/spool/news/tradspool.map
setpriv --reuid=news --regid=news --clear-groups /usr/lib/news/bin/overchan < /dev/null
exec /usr/lib/news/bin/nnrpd -D -f -p 119
]],
  serves = { {
    service = "nntp", port = 119, ways = { "wait", "http", "tls", "newlines" },
    fields = { code = 200, banner = { "INN $upstream" }, implementation = { "INN $upstream" } },
  } },
}
