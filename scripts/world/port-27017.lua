-- Port 27017 as a scan of the whole IPv4 Internet met it in June 2020 (LZR: 2.4 million SYN-ACKs).

-- Thousands of hosts, of 2,400 that send a SYN-ACK.
local UNEXPECTED = {
  http = 10.5, tls = 4.5, ssh = 2.4, ftp = 0.8, telnet = 0.9, mysql = 0.6, smtp = 0.5, imap = 0.4, pop3 = 0.4, vnc = 0.4,
  redis = 0.4, amqp = 0.4, dns = 0.4, pptp = 0.4,
}
-- Says nothing to the five questions that LZR asks: what keeps its recall below 100%.
local MISSED = { mqtt = 0.2 }
local ZERO_WINDOW, RESET, ACKNOWLEDGE, EXPECTED = 695, 166, 505, 73.3
local SYN_ACKS = 2400

local hosts, kinds, unexpected = { mongodb = EXPECTED }, { mongodb = { { service = "mongodb", ports = 27017 } } }, 0

-- A banner that does not say whose it is stays unnamed: here those that do.
local OPTIONS = { smtp = { slow = 0, refuses = 0 }, http = { rude = 0.3 } }

for service, thousands in pairs(UNEXPECTED) do
  hosts[service], unexpected = thousands, unexpected + thousands
  kinds[service] = { { service = service, ports = 27017, options = OPTIONS[service] } }
end

local function behaves(name, thousands, behaviour)
  hosts[name] = thousands
  kinds[name] = { { behaviour = behaviour, ports = 27017 } }
end

for service, thousands in pairs(MISSED) do
  hosts[service], unexpected = thousands, unexpected + thousands
  kinds[service] = { { service = service, ports = 27017 } }
end

behaves("zero_window", ZERO_WINDOW, "zero_window")
behaves("reset", RESET, "reset_before_ack")
local silent = ACKNOWLEDGE - EXPECTED - unexpected
behaves("silent", silent * 0.8, "silent")
behaves("hangs_up", silent * 0.12, "close_after_ack")
behaves("breaks_off", silent * 0.08, "reset_after_ack")
behaves("blocking", SYN_ACKS - ZERO_WINDOW - RESET - ACKNOWLEDGE, "no_ack")

local function network(prefix, as, name)
  return { prefix = prefix, as = as, name = name, density = 0.75, rtt = { 0.01, 0.25 }, hosts = hosts }
end

return {
  targets = { "10.0.0.0/19" },
  ports = "27017",
  networks = { network("10.0.0.0/19", 64500, "Larkspur"), network("10.64.0.0/14", 64501, "Kestrel") }, -- small, full
  kinds = kinds,
}
