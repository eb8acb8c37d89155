-- For specs: a world whose networks overlap.
return {
  networks = {
    { prefix = "198.18.0.0/15", density = 1, hosts = { a = 1 } },
    { prefix = "198.18.0.0/24", density = 1, hosts = { a = 1 } },
  },
  kinds = { a = { other = "silent" } },
}
