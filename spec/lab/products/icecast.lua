-- Icecast without a stream.
return {
  title = "Icecast", package = "icecast2", tier = 2,
  start = [[
cat > icecast.xml <<CONF
<icecast>
  <hostname>icecast.lab.example</hostname>
  <authentication><source-password>none</source-password></authentication>
  <listen-socket><port>8000</port></listen-socket>
  <paths>
    <logdir>$run</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><errorlog>-</errorlog><accesslog>access.log</accesslog></logging>
  <security><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>
</icecast>
CONF
chmod 777 .
exec icecast2 -c icecast.xml
]],
  serves = { { service = "http", port = 8000, ways = { "http" }, fields = { server = "Icecast $upstream" } } },
}
