-- Filters that look into the first message: HTTP methods, PPTP's cookie, TLS ciphers (LZR).

local PLACES = {
  { "http", 8081, { only_get = 0.27, only_options = 0.073, rude = 0 } },
  { "pptp", 1723, { only_good = 0.671, only_bad = 0.00001 } },
  { "tls", 443, { only_secure = 0.0265, only_insecure = 0.0005 } },
}

local kinds, networks = {}, {}
for i, place in ipairs(PLACES) do
  local service, port, options = unpack(place)
  kinds[service] = { { service = service, ports = port, options = options }, other = "drop" }
  for _, network in ipairs { { 10, 21 }, { 20, 16 } } do -- small, full
    local first, bits = unpack(network)
    networks[#networks + 1] = { prefix = ("%d.%d.0.0/%d"):format(first, 2 * i, bits), density = 1, hosts = { [service] = 1 } }
  end
end

return { targets = { "10.2.0.0/21" }, ports = "443,1723,8081", networks = networks, kinds = kinds }
