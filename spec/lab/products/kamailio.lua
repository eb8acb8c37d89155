-- Kamailio: SIP over TCP. It answers empty lines with one, as to a keep-alive (RFC 5626 section 4.4.1): no name in that.
return {
  title = "Kamailio", package = "kamailio", tier = 2,
  start = [[
cat > kamailio.cfg <<CONF
debug=0
log_stderror=yes
fork=yes
children=1
listen=tcp:0.0.0.0:5060
loadmodule "sl.so"
loadmodule "tm.so"
request_route {
  sl_send_reply("200", "OK");
}
CONF
exec kamailio -DD -E -f "$run/kamailio.cfg" -Y "$run" -m 16 -M 4 -n 1
]],
  serves = { {
    service = "sip", port = 5060, ways = { newlines = "unidentified" },
    fields = { status = 200, server = { "kamailio ($upstream" } },
  } },
}
