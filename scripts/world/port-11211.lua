-- Port 11211: of 633 hosts that send a SYN-ACK, 100 acknowledge data (LZR: an overestimate by 533%).

local PORT = 11211

local function behaves(behaviour)
  return { { behaviour = behaviour, ports = PORT } }
end

local kinds = {
  memcached = { { service = "memcached", ports = PORT } },
  http = { { service = "http", ports = PORT } },
  ssh = { { service = "ssh", ports = PORT } },
  silent = behaves "silent", hangs_up = behaves "close_after_ack", breaks_off = behaves "reset_after_ack",
  blocking = behaves "no_ack", half_open = behaves "half_open", zero_window = behaves "zero_window",
  resets = behaves "reset_before_ack", closes = behaves "close_before_ack", balancer = behaves "big_ip",
}
local acknowledging = { memcached = 18, http = 6, ssh = 2, silent = 62, hangs_up = 8, breaks_off = 4 } -- 100
local others = { blocking = 330, half_open = 20, zero_window = 130, resets = 40, closes = 3, balancer = 10 } -- 533

local hosts = {}
for kind, weight in pairs(acknowledging) do hosts[kind] = weight end
for kind, weight in pairs(others) do hosts[kind] = weight end

local function network(prefix, count, size)
  return { prefix = prefix, density = count / size, rtt = { 0.01, 0.25 }, hosts = hosts }
end

return {
  targets = { "10.0.0.0/21" },
  ports = tostring(PORT),
  networks = { network("10.0.0.0/21", 3 * 633, 2048), network("10.64.0.0/15", 200 * 633, 131072) }, -- small, full
  kinds = kinds,
}
