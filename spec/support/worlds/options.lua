-- For specs: servers whose chances the world sets.
return {
  networks = { { prefix = "198.18.0.0/24", density = 1, hosts = { a = 1 } } },
  kinds = {
    a = {
      { service = "smtp", ports = 25, options = { refuses = 0.25, slow = 0 } },
      { service = "mysql", ports = 3306, options = { refuses = 1 } },
    },
  },
}
