-- Tor as a SOCKS proxy and as a relay that never finds another: there is no network beyond the lab.
return {
  title = "Tor", package = "tor", tier = 1,
  start = [[
: > torrc
exec tor -f torrc --defaults-torrc torrc --DataDirectory "$run/data" --SocksPort 0.0.0.0:9050 \
  --SocksPolicy "accept *" \
  --ControlPort 0.0.0.0:9051 --CookieAuthentication 1 --Log "warn stderr" --ORPort 9001 --Nickname lab \
  --Address "$address" \
  --AssumeReachable 1 --PublishServerDescriptor 0 --ContactInfo lab --ExitRelay 0
]],
  serves = {
    { service = "socks5", port = 9050, ways = { http = "http" }, fields = { open = true }, unasked = "http" },
    { service = "socks4", port = 9050, handshake = "socks4", fields = { code = 91 } },
    {
      service = "torcontrol", port = 9051, ways = { "tls", "newlines", http = "http" },
      fields = { version = "$upstream" },
    },
    {
      service = "tor", port = 9001, handshake = "tls", ways = { tls = "tls" },
      fields = { versions = { any = true }, addresses = "$address" },
    },
  },
}
