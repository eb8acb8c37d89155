-- MiniDLNA: a media server's UPnP.
return {
  title = "MiniDLNA", package = "minidlna", tier = 2,
  start = [[
mkdir media db
cat > minidlna.conf <<CONF
port=8200
media_dir=$run/media
db_dir=$run/db
log_dir=$run
friendly_name=Sonde lab
model_number=7
inotify=no
uuid=2fac1234-31f8-11b4-a222-08002b34c004
CONF
exec minidlnad -d -f "$run/minidlna.conf" -P "$run/pid"
]],
  serves = { {
    service = "http", port = 8200, handshake = "upnp", ways = { "http", "newlines" },
    fields = {
      status = 200, name = "Sonde lab", model_number = "7", server = { "MiniDLNA/${upstream%%+*}" },
      device = "urn:schemas-upnp-org:device:MediaServer:1",
    },
  } },
}
