-- pptpd, with nobody who could log in.
return {
  title = "Poptop pptpd", package = "pptpd", tier = 1,
  start = [[
printf 'option %s/options\nlocalip 198.18.9.1\nremoteip 198.18.9.2-9\n' "$run" > pptpd.conf
: > options
exec pptpd --fg --conf pptpd.conf --pidfile "$run/pid"
]],
  serves = {
    { service = "pptp", port = 1723, ways = {}, fields = { vendor = "linux", host_name = "local" } },
    { service = "reset_after_data", port = 1723, handshake = "pptp_bad_cookie", outcome = "reset" },
  },
}
