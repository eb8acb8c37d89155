-- Services by the handshakes that find them, on assigned ports and on ephemeral ones (LZR).

-- Servers that greet, and answer a ClientHello or GET with their greeting too.
local function greets(service, share)
  return { service = service, share = share, answers = { tls = 1, newlines = 1, get = 1, wait = 1 } }
end

-- Servers that answer their own protocol's client, and nobody else.
local function answers(service, share, to)
  local all = { tls = 0, newlines = 0, get = 0, wait = 0 }
  if to then all[to] = 1 end
  return { service = service, share = share, answers = all }
end

-- Percent of the services.
local ASSIGNED = {
  greets("ssh", 30), greets("vnc", 4), greets("imap", 8), greets("mysql", 9.3), answers("tls", 29.0, "tls"),
  answers("http", 13.6, "get"), answers("dns", 3.4), answers("pptp", 1.8), answers("mqtt", 0.9),
}
local EPHEMERAL = {
  greets("ssh", 40), greets("vnc", 10), greets("imap", 6.3), greets("mysql", 10), answers("http", 17.1, "get"),
  answers("tls", 15.9, "tls"), answers("oracle", 0.23), answers("pptp", 0.14), answers("mqtt", 0.09), answers("mssql", 0.08),
  answers("postgres", 0.08), answers("modbus", 0.08),
}

local kinds, networks = {}, {}

-- Each share as the nearest whole number of hosts, of about `count`.
local function add(name, services, port, prefix, count)
  local hosts, all = {}, 0
  for _, entry in ipairs(services) do
    local kind = name .. "_" .. entry.service
    hosts[kind] = math.floor(entry.share * count / 100 + 0.5)
    all = all + hosts[kind]
    kinds[kind] = { { service = entry.service, ports = port, answers = entry.answers }, other = "drop" }
  end
  networks[#networks + 1] = { prefix = prefix, density = all / 2 ^ (32 - prefix:match "/(%d+)"), hosts = hosts }
end

-- One port of each kind will do: what is on it is not what is assigned to it.
add("assigned", ASSIGNED, 8000, "10.1.0.0/22", 1000)
add("ephemeral", EPHEMERAL, 45678, "10.2.0.0/20", 2154)
add("assigned", ASSIGNED, 8000, "20.1.0.0/16", 50000)
add("ephemeral", EPHEMERAL, 45678, "20.2.0.0/16", 50000)

return { targets = { "10.1.0.0/22", "10.2.0.0/20" }, ports = "8000,45678", networks = networks, kinds = kinds }
