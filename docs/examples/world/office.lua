-- Sixteen addresses: half of them have a power supply's server, on its own port or on another.
return {
  targets = { "198.18.0.0/28" },
  ports = "80,3493,8000",
  networks = {
    { prefix = "198.18.0.0/28", density = 0.75, hosts = { cellar = 2, desk = 1 } },
  },
  kinds = {
    cellar = { { service = "nut", ports = { [3493] = 3, [8000] = 1 }, options = { version = "2.8.0" } } },
    desk = { { service = "http", ports = 80 }, other = "drop" },
  },
}
