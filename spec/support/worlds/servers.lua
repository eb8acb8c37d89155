-- For specs: the n-th service of the list below on port 1000 + n of every host in 198.18.n.0/24; nothing is lost.
local SERVICES = {
  "http", "tls", "ssh", "ftp", "smtp", "pop3", "imap", "telnet", "mysql", "postgres", "redis", "memcached", "dns",
  "vnc", "mqtt", "amqp", "rtsp", "pptp",
}

local networks, kinds = {}, {}
for n, service in ipairs(SERVICES) do
  kinds[service] = { { service = service, ports = 1000 + n } }
  networks[n] = { prefix = ("198.18.%d.0/24"):format(n), density = 1, hosts = { [service] = 1 }, rtt = { 0.01, 0.02 } }
end

return { networks = networks, kinds = kinds }
