-- Firebird 3.
return {
  title = "Firebird", package = "firebird3.0-server", tier = 2,
  start = [[
sed -i 's/^RemoteBindAddress.*/RemoteBindAddress =/' /etc/firebird/3.0/firebird.conf
mkdir lock
export FIREBIRD_TMP=$run FIREBIRD_LOCK=$run/lock
exec firebird
]],
  serves = { { service = "firebird", port = 3050, ways = {}, fields = { answer = { any = true } } } },
}
