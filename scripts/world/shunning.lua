-- Hosts that answer a source once: 70% of them still answer another source, 30% shun everybody from then on (LZR).

local SERVER = { service = "tls", ports = 443 }

local kinds = {
  shuns_source = { SERVER, other = "drop", shuns = "source" },
  shuns_all = { SERVER, other = "drop", shuns = "all" },
  patient = { SERVER, other = "drop" },
  blocking = { other = "no_ack" },
}
local hosts = { shuns_source = 70, shuns_all = 30, patient = 150, blocking = 20 }

return {
  targets = { "10.0.0.0/21" },
  ports = "443",
  networks = {
    { prefix = "10.0.0.0/21", density = 1890 / 2048, hosts = hosts }, -- small
    { prefix = "20.0.0.0/15", density = 108000 / 131072, hosts = hosts }, -- full
  },
  kinds = kinds,
}
