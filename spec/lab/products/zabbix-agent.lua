-- Zabbix' agent: it says nothing to what is not its protocol, which Sonde does not speak.
return {
  title = "Zabbix agent", package = "zabbix-agent", tier = 2,
  start = [[
cat > zabbix.conf <<CONF
Server=0.0.0.0/0
ListenPort=10050
StartAgents=4
LogType=console
PidFile=$run/pid
AllowRoot=1
CONF
exec zabbix_agentd -f -c "$run/zabbix.conf"
]],
  serves = { { service = "zabbix", port = 10050, handshake = false, ways = {} } },
}
