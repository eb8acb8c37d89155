-- For specs: a world that sets an option its server does not have.
return {
  networks = { { prefix = "198.18.0.0/24", density = 1, hosts = { a = 1 } } },
  kinds = { a = { { service = "smtp", ports = 25, options = { rude = 0.5 } } } },
}
