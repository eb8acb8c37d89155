-- For specs: a world with a service nobody has written.
return {
  networks = { { prefix = "198.18.0.0/24", density = 1, hosts = { a = 1 } } },
  kinds = { a = { { service = "unheard-of", ports = 80 } } },
}
