-- snmpd over TCP: no signature, because nothing answers to what is not SNMP.
return {
  title = "Net-SNMP snmpd", package = "snmpd", tier = 2,
  start = [[
echo 'agentAddress tcp:161' > snmpd.conf
exec snmpd -f -Lo -C -c "$run/snmpd.conf" -p "$run/pid"
]],
  serves = { { service = "snmp", port = 161, handshake = false, ways = {} } },
}
