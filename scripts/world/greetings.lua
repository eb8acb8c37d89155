-- Servers that speak first, as they greet, and some that do not (LZR).

local PLACES = {
  { "ssh", 22, { full = 0.0001 } }, { "smtp", 25, { names = 0.9, slow = 0, refuses = 0 } },
  { "telnet", 23, { asks = 0.72 } }, { "vnc", 5900 }, { "ftp", 21 }, { "pop3", 110 }, { "imap", 143 },
  { "mysql", 3306 }, { "http", 80 }, { "tls", 443 }, { "dns", 53 }, { "pptp", 1723 },
  { "redis", 6379, { protected = 0 } }, { "memcached", 11211 }, { "postgres", 5432 }, { "amqp", 5672 },
}

local kinds, networks, ports = {}, {}, {}
for i, place in ipairs(PLACES) do
  local service, port, options = unpack(place)
  ports[i] = port
  kinds[service] = { { service = service, ports = port, options = options }, other = "drop" }
  for _, network in ipairs { { 10, 24 }, { 20, 19 } } do -- small, full
    local first, bits = unpack(network)
    networks[#networks + 1] = { prefix = ("%d.%d.0.0/%d"):format(first, i, bits), density = 1, hosts = { [service] = 1 } }
  end
end

return { targets = { "10.1.0.0/24" }, ports = table.concat(ports, ","), networks = networks, kinds = kinds }
