-- ngIRCd.
return {
  title = "ngIRCd", package = "ngircd", tier = 1,
  start = [[
cat > ngircd.conf <<CONF
[Global]
Name = irc.lab.example
Info = Sonde lab
Listen = 0.0.0.0
Ports = 6667
PidFile = $run/pid
ServerUID = nobody
ServerGID = nogroup
[Limits]
MaxConnections = 500
MaxConnectionsIP = 0
[Options]
DNS = no
Ident = no
PAM = no
CONF
exec ngircd -n -f "$run/ngircd.conf"
]],
  serves = { { service = "irc", port = 6667, ways = { "http" }, fields = { host = "irc.lab.example" } } },
}
