-- xrdp without a session manager.
return {
  title = "xrdp", package = "xrdp", tier = 1,
  start = [[
mkdir -p /run/xrdp
sed "s|^certificate=.*|certificate=$certificate|; s|^key_file=.*|key_file=$key|; s|^LogFile=.*|LogFile=$run/log|" \
  /etc/xrdp/xrdp.ini > xrdp.ini
exec xrdp --nodaemon --config "$run/xrdp.ini"
]],
  serves = { {
    service = "rdp", port = 3389, ways = { "http", "tls" }, fields = { protocol = 1 },
    tls = { sha256 = "$fingerprint" },
  } },
}
