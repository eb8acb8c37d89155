-- Prosody: XMPP with STARTTLS.
return {
  title = "Prosody", package = "prosody", tier = 1,
  start = [[
mkdir data
chown -R prosody: .
cat > prosody.cfg.lua <<CONF
run_as_root = false
data_path = "$run/data"
pidfile = "$run/pid"
modules_enabled = { "tls", "saslauth", "disco" }
modules_disabled = { "s2s" }
interfaces = { "0.0.0.0" }
log = { warn = "*console" }
ssl = { key = "$key", certificate = "$certificate" }
VirtualHost "lab.example"
CONF
exec setpriv --reuid=prosody --regid=prosody --init-groups prosody -F --config prosody.cfg.lua
]],
  serves = { {
    service = "xmpp", port = 5222, ways = { "http", "tls" }, fields = { error = "host-unknown", version = "1.0" },
  } },
}
