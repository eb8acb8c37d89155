-- TLS servers of which 29% refuse a handshake for a while after they were asked in another protocol (LZR, section 4.3).

local kinds = {
  tls = { { service = "tls", ports = 443, options = { offended = 0.29, alerts = 1, wants_name = 0 } }, other = "drop" },
}

return {
  targets = { "10.0.0.0/22" },
  ports = "443",
  networks = {
    { prefix = "10.0.0.0/22", density = 1000 / 1024, hosts = { tls = 1 } }, -- small
    { prefix = "20.0.0.0/15", density = 100000 / 131072, hosts = { tls = 1 } }, -- full
  },
  kinds = kinds,
}
