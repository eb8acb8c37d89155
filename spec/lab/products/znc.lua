-- ZNC: an IRC bouncer that answers nobody but web browsers before a password.
return {
  title = "ZNC", package = "znc", tier = 2,
  start = [[
mkdir -p data/configs
cat > data/configs/znc.conf <<CONF
Version = 1.8.2
<Listener lab>
  Port = 6667
  IPv4 = true
  IPv6 = false
  SSL = false
</Listener>
<User lab>
  Admin = false
  <Pass password>
    Method = plain
    Hash = none
  </Pass>
</User>
CONF
chown -R nobody: data
exec setpriv --reuid=nobody --regid=nogroup --clear-groups znc -f -d "$run/data"
]],
  serves = { { service = "irc", port = 6667, handshake = false, ways = { http = "http" }, fields = {} } },
}
