-- Every defence, oddity and plain server there is, in equal parts, on three ports; without loss, and with 1% of it.

local PORTS = { [23] = 1, [443] = 1, [8000] = 1 }

local BEHAVIOURS = {
  "no_ack", "half_open", "zero_window", "slow_window", "reset_before_ack", "reset_after_ack", "close_before_ack",
  "close_after_ack", "silent", "echo", "tarpit", "big_ip", "drop", "refuse",
}
local SERVICES = { "ssh", "http", "tls", "telnet", "imap", "amqp", "mysql", "vnc" }

local kinds, hosts = {}, {}
for _, behaviour in ipairs(BEHAVIOURS) do
  kinds[behaviour] = { { behaviour = behaviour, ports = PORTS }, other = "drop" }
  hosts[behaviour] = 1
end
for _, service in ipairs(SERVICES) do
  -- A TLS server that is asked in plain HTTP may answer in it, and then HTTP is what was met.
  kinds["server_" .. service] = { { service = service, ports = service == "tls" and { [23] = 1, [443] = 1 } or PORTS } }
  hosts["server_" .. service] = 0.5
end
-- A DNS server where nobody asks for names first: the first question finds nothing out, and there is no second.
local ASKED = { service = "dns", ports = { [23] = 1, [8000] = 1 } }
kinds.shunning = { ASKED, other = "drop", shuns = "source" }
kinds.shunning_port = { ASKED, other = "refuse", shuns = "port" }
-- Acknowledges whatever comes, on all of its ports.
kinds.firewall = { other = "silent" }
hosts.shunning, hosts.shunning_port, hosts.firewall = 1, 1, 0.5

local function network(prefix, loss)
  return { prefix = prefix, density = 0.9, rtt = { 0.01, 0.2 }, jitter = 0.003, loss = loss, hosts = hosts }
end

return {
  targets = { "10.0.0.0/22" },
  ports = "23,443,8000",
  networks = {
    network("10.0.0.0/22", 0), network("10.1.0.0/21", 0.01), -- small
    network("10.64.0.0/17", 0), network("10.65.0.0/17", 0.01), -- full
  },
  kinds = kinds,
}
