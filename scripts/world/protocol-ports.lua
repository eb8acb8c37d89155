-- HTTP, TLS, Telnet and AMQP across all 65,535 ports (LZR: protocols live everywhere).
--
-- Hosts by the thousand have dozens of services each, so that no port's share depends on few of them.

local HOSTS = 1024

local kind = { other = "drop" }

-- `share` percent of a protocol's `services` on each of some ports.
local function on(service, services, ports, share)
  kind[#kind + 1] = { service = service, ports = ports, chance = services * share / 100 / HOSTS, every = true }
end



-- HTTP: 90% of it on 25,000 ports: three of them well known, the others with as much each, the rest with a fourteenth.
local http = 29400
on("http", http, 80, 3.0)
on("http", http, 7547, 1.2)
on("http", http, 30005, 0.7)
local many = (90 - 4.9) / (25000 - 3)

-- AMQP before the crowd, for it is few.
local amqp = 1100
on("amqp", amqp, 5672, 83.1)
on("amqp", amqp, 5673, 3.1)
on("amqp", amqp, "5674-5704", 13.8 / 31)

-- Telnet: nine ports before 2323.
local telnet = 8000
local FIRST = {
  { 23, 5.5 }, { 5523, 3.2 }, { 9002, 2.9 }, { 6002, 2.6 }, { 8000, 2.3 }, { 2332, 2.0 }, { 1023, 1.8 }, { 26, 1.6 },
  { 4719, 1.4 }, { 2323, 1.1 },
}
local rest = 100
for _, entry in ipairs(FIRST) do
  on("telnet", telnet, entry[1], entry[2])
  rest = rest - entry[2]
end

local tls = 6900
on("tls", tls, 443, 6.4)
on("tls", tls, 8443, 2.1)

on("http", http, { ["10000-34997"] = 1 }, many)
on("http", http, { ["1-9999"] = 1, ["34998-65535"] = 1 }, 10 / (65535 - 24998 - 3))
on("telnet", telnet, "1-65535", rest / 65535)
on("tls", tls, "1-65535", (100 - 8.5) / 65535)

return {
  targets = { "10.0.0.0/27" },
  ports = "1-65535",
  networks = {
    { prefix = "10.0.0.0/27", density = 1, hosts = { host = 1 } }, -- small
    { prefix = "10.64.0.0/22", density = 1, hosts = { host = 1 } }, -- full
  },
  kinds = { host = kind },
}
