-- InspIRCd.
return {
  title = "InspIRCd", package = "inspircd", tier = 2,
  start = [[
cat > inspircd.conf <<CONF
<server name="irc.lab.example" description="lab" network="Lab">
<admin name="lab" nick="lab" email="lab@lab.example">
<bind address="" port="6667" type="clients">
<connect name="main" allow="*" maxconns="1000" threshold="1000" commandrate="100000" fakelag="no" globalmax="1000"
  localmax="1000">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="/dev/stderr">
<module name="cap">
<pid file="$run/pid">
CONF
exec setpriv --reuid=nobody --regid=nogroup --clear-groups inspircd --nofork --config="$run/inspircd.conf"
]],
  serves = { {
    service = "irc", port = 6667, ways = { "wait", "http", "tls", "newlines" },
    fields = { host = "irc.lab.example" },
  } },
}
