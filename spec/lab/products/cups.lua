-- CUPS' scheduler without a printer.
return {
  title = "CUPS", package = "cups-daemon", tier = 1,
  start = [[
cat > cupsd.conf <<CONF
Listen 0.0.0.0:631
WebInterface Yes
DefaultAuthType None
ServerAlias *
<Location />
  Order allow,deny
  Allow all
</Location>
CONF
cat > cups-files.conf <<CONF
ServerRoot $run
RequestRoot $run/spool
CacheDir $run/cache
StateDir $run/state
ServerKeychain $run/ssl
AccessLog stderr
ErrorLog stderr
PageLog stderr
CONF
mkdir spool cache state ssl
exec cupsd -f -c "$run/cupsd.conf" -s "$run/cups-files.conf"
]],
  serves = { {
    service = "ipp", port = 631, ways = { http = "http", tls = "tls" },
    fields = { server = { "CUPS/2.4" }, version = { "2.4" } },
  } },
}
