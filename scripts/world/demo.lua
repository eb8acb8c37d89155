-- A little Internet to try things on: a broadband provider, two hosters, offices, and a network of firewalls.
--
-- What a world can say is written at the top of engine/lua/sonde/world.lua. In short: networks have hosts of some
-- kinds; a kind is a list of places (a service or a behaviour, on one of some ports, with a chance).

-- Ports a service has in the wild: mostly the assigned one, then the usual others, then any.
local function mostly(assigned, others, elsewhere)
  local ports = { [assigned] = 100 - elsewhere }
  for port, weight in pairs(others or {}) do ports[port] = weight end
  ports["1024-65535"] = elsewhere
  return ports
end

local kinds = {}

-- The scanned ports on which nobody expects these services, each with a small share.
local UNEXPECTED = { [81] = 6, [2222] = 6, [2323] = 5, [7547] = 6, [8000] = 8, [8080] = 8, [8443] = 8, [30005] = 6 }

kinds.web = {
  { service = "http", chance = 0.92, ports = 80 },
  { service = "tls", chance = 0.85, ports = 443 },
  { service = "http", chance = 0.20, ports = UNEXPECTED },
  { service = "tls", chance = 0.15, ports = mostly(8443, { [8000] = 8, [8080] = 8, [2222] = 4, [80] = 2 }, 10) },
  { service = "ssh", chance = 0.55, ports = mostly(22, { [2222] = 12, [8000] = 2, [443] = 1 }, 10) },
  { service = "ftp", chance = 0.25, ports = mostly(21, { [2222] = 2, [8000] = 2 }, 6) },
  { service = "mysql", chance = 0.22, ports = mostly(3306, nil, 5) },
}

kinds.mail = {
  { service = "smtp", ports = mostly(25, { [2323] = 2, [8000] = 2, [80] = 1 }, 8) },
  { service = "pop3", chance = 0.7, ports = mostly(110, { [81] = 1 }, 3) },
  { service = "imap", chance = 0.8, ports = mostly(143, { [8080] = 1 }, 3) },
  { service = "tls", chance = 0.6, ports = 443 },
  { service = "http", chance = 0.6, ports = 80 },
  { service = "ssh", chance = 0.5, ports = mostly(22, { [2222] = 10 }, 8) },
  { service = "dns", chance = 0.3, ports = 53 },
}

kinds.store = {
  { service = "mysql", chance = 0.35, ports = mostly(3306, { [8000] = 3, [5432] = 2 }, 8) },
  { service = "postgres", chance = 0.4, ports = mostly(5432, { [8000] = 3, [3306] = 2 }, 8) },
  { service = "redis", chance = 0.35, ports = mostly(6379, { [8000] = 3, [11211] = 3 }, 10) },
  { service = "memcached", chance = 0.25, ports = mostly(11211, { [6379] = 3, [8080] = 2 }, 6) },
  { service = "amqp", chance = 0.2, ports = mostly(5672, { [443] = 3, [8080] = 2 }, 6) },
  { service = "mqtt", chance = 0.15, ports = mostly(1883, { [8000] = 3, [443] = 2 }, 6) },
  { service = "ssh", chance = 0.7, ports = mostly(22, { [2222] = 15, [53] = 1 }, 10) },
}

kinds.router = {
  { service = "http", chance = 0.55, ports = mostly(80, { [8080] = 25, [7547] = 30, [30005] = 18, [443] = 2 }, 25) },
  { service = "telnet", chance = 0.30, ports = mostly(23, { [2323] = 12, [8000] = 4, [5900] = 2, [25] = 2 }, 15) },
  { service = "tls", chance = 0.20, ports = mostly(443, { [8443] = 20, [7547] = 5 }, 15) },
  { service = "dns", chance = 0.15, ports = 53 },
  { service = "pptp", chance = 0.12, ports = mostly(1723, { [1883] = 1 }, 2) },
  { service = "ssh", chance = 0.15, ports = mostly(22, { [2222] = 8, [23] = 3 }, 10) },
  { service = "ftp", chance = 0.08, ports = 21 },
}

kinds.camera = {
  { service = "rtsp", chance = 0.8, ports = mostly(554, { [8000] = 6, [8080] = 3, [80] = 1 }, 12) },
  { service = "http", chance = 0.8, ports = mostly(80, { [81] = 20, [8000] = 12, [8080] = 12 }, 15) },
  { service = "telnet", chance = 0.2, ports = mostly(23, { [2323] = 20 }, 10) },
}

kinds.desktop = {
  { service = "vnc", chance = 0.5, ports = mostly(5900, { [8000] = 3, [443] = 1 }, 15) },
  { service = "ssh", chance = 0.3, ports = 22 },
  { service = "http", chance = 0.2, ports = { [8080] = 4, [8000] = 4, ["1024-65535"] = 4 } },
  other = "drop",
}

-- Protections and oddities: what answers without there being a service.
kinds.acking_firewall = { { behaviour = "drop", chance = 0.28, ports = 25 }, other = "silent" }
kinds.dynamic_blocking = { other = "no_ack" }
kinds.zero_window = { { behaviour = "zero_window", chance = 0.9, ports = 443 },
  { behaviour = "zero_window", chance = 0.9, ports = 80 }, { behaviour = "slow_window", chance = 0.5, ports = 8080 } }
kinds.resetting = { { behaviour = "reset_before_ack", ports = 443 }, { behaviour = "reset_after_ack", ports = 80 },
  { behaviour = "big_ip", chance = 0.5, ports = 8443 }, { behaviour = "close_after_ack", chance = 0.5, ports = 22 },
  { behaviour = "close_before_ack", chance = 0.5, ports = 8080 }, other = "drop" }
kinds.shunning = { { service = "http", ports = 80 }, { service = "tls", ports = 443 }, { service = "ssh", ports = 22 },
  other = "drop", shuns = true }
kinds.odd = { { behaviour = "echo", chance = 0.5, ports = { [23] = 1, [8000] = 1 } },
  { behaviour = "tarpit", chance = 0.4, ports = { [22] = 2, [25] = 1 } },
  { behaviour = "half_open", chance = 0.5, ports = { [443] = 2, [8443] = 1 } },
  { behaviour = "silent", ports = { [81] = 1, [7547] = 2, [5432] = 1 } } }

return {
  targets = {
    "198.18.0.0/22", "198.18.128.0/22", "198.19.0.0/22", "198.19.128.0/23", "198.19.192.0/26", "2001:db8:1::/120",
  },
  ports = "21-23,25,53,80,81,110,143,443,554,1723,1883,2222,2323,3306,5432,5672,5900,6379,7547,8000,8080,8443,11211,"
    .. "30005",
  networks = {
    { prefix = "198.18.0.0/17", as = 64500, name = "Larkspur Broadband", density = 0.45, rtt = { 0.03, 0.25 },
      jitter = 0.004, loss = 0.001,
      hosts = { router = 60, camera = 18, desktop = 8, dynamic_blocking = 2, acking_firewall = 1, odd = 4 } },
    { prefix = "198.18.128.0/17", as = 64501, name = "Northgate Hosting", density = 0.7, rtt = { 0.008, 0.04 },
      hosts = { web = 62, mail = 14, store = 14, shunning = 3, dynamic_blocking = 1.5, zero_window = 4, odd = 1.5 } },
    { prefix = "198.19.0.0/17", as = 64502, name = "Harbour Cloud", density = 0.6, rtt = { 0.09, 0.18 },
      hosts = { web = 45, store = 30, mail = 5, zero_window = 10, dynamic_blocking = 3, resetting = 6, odd = 1 } },
    { prefix = "198.19.128.0/18", as = 64503, name = "Quarry Manufacturing", density = 0.3, rtt = { 0.05, 0.3 },
      jitter = 0.01, loss = 0.002,
      hosts = { desktop = 30, web = 15, mail = 10, camera = 15, resetting = 10, acking_firewall = 8, shunning = 6 } },
    { prefix = "198.19.192.0/18", as = 64504, name = "Drumlin Filtering", density = 0.5, rtt = { 0.02, 0.1 },
      hosts = { acking_firewall = 77, dynamic_blocking = 20, web = 3 } },
    { prefix = "2001:db8:1::/112", as = 64501, name = "Northgate Hosting", density = 0.6, rtt = { 0.008, 0.04 },
      hosts = { web = 70, mail = 15, store = 10, zero_window = 5 } },
  },
  kinds = kinds,
}
