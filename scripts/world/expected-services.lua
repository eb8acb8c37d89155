-- Ports 80, 443, 623 and a few ephemeral ones: what is expected there, what else is, and what only acknowledges (LZR).

local EPHEMERAL = { [34567] = 1, [41000] = 1, [47001] = 1, [52869] = 1, [60001] = 1 }

-- Percent of the hosts that acknowledge data, by service; a place may say more than its port.
local ON = {
  { port = 80, shares = { http = 93, tls = 0.5, ssh = 0.5, ftp = 0.2, telnet = 0.2, rtsp = 0.1, mysql = 0.1 } },
  { port = 443, shares = { tls = 89, http = 3, ssh = 0.8, vnc = 0.1, amqp = 0.1, telnet = 0.15, imap = 0.1 } },
  { port = 623, shares = { ipmi = 1, http = 9, tls = 4, ssh = 2.5, ftp = 1.2, telnet = 1, mysql = 0.5, pptp = 0.7 } },
  { port = EPHEMERAL, shares = { http = 10, tls = 6, ssh = 2.5, telnet = 1, ftp = 0.5, vnc = 0.3, mysql = 0.4, rtsp = 0.3 } },
}
local OPTIONS = { telnet = {}, http = { rude = 0.3 } }
local ANSWERS = { ipmi = { tls = 0.86, newlines = 0.86, get = 0.86, wait = 0 } }
-- And of the SYN-ACKs without an acknowledgement behind them, per 100 hosts that do acknowledge.
local OTHERS = { no_ack = 30, zero_window = 10, reset_before_ack = 8 }

local kinds, networks = {}, {}

local function add_network(number, place, scale, bits)
  local hosts, silent = {}, 100
  for service, share in pairs(place.shares) do
    local name = "on" .. number .. "_" .. service
    kinds[name] = { { service = service, ports = place.port, options = OPTIONS[service], answers = ANSWERS[service] },
      other = "drop" }
    hosts[name], silent = share, silent - share
  end
  local function behaves(behaviour, weight)
    local name = "on" .. number .. "_" .. behaviour
    kinds[name] = { { behaviour = behaviour, ports = place.port }, other = "drop" }
    hosts[name] = weight
  end
  behaves("silent", silent * 0.7)
  behaves("close_after_ack", silent * 0.2)
  behaves("reset_after_ack", silent * 0.1)
  for behaviour, weight in pairs(OTHERS) do behaves(behaviour, weight) end
  networks[#networks + 1] = {
    prefix = ("10.%d.0.0/%d"):format(number + (bits < 20 and 100 or 0), bits), density = 1480 * scale / 2 ^ (32 - bits),
    rtt = { 0.01, 0.2 }, hosts = hosts,
  }
end

for number, place in ipairs(ON) do
  add_network(number, place, 1, 21)
  add_network(number, place, 22, 17)
end

return {
  targets = { "10.1.0.0/21" }, ports = "80,443,623,34567,41000,47001,52869,60001", networks = networks, kinds = kinds,
}
