-- Telnet by port and by network: one provider's devices make a port (LZR, Table 1).

local PORTS = { 23, 5523, 9002, 6002, 8000 }
local HOSTS = { [23] = 2606, [5523] = 521, [9002] = 396, [6002] = 232, [8000] = 158 }
-- Hosts in the network that has most of a port's.
local MOST = { [10318] = { [23] = 227 }, [28573] = { [5523] = 453 }, [12874] = { [9002] = 16, [6002] = 14 },
  [17858] = { [8000] = 141 } }
local NAMES = { [10318] = "Quarry Cable", [28573] = "Larkspur Broadband", [12874] = "Kestrel Fibre",
  [17858] = "Harbour Telecom" }
local OTHERS = 40 -- networks that share the rest

local kinds = {
  web = { { service = "http", ports = { [8000] = 1, [9002] = 1 } }, other = "drop" },
  shell = { { service = "ssh", ports = { [23] = 1, [6002] = 1 } }, other = "drop" },
  wall = { other = "no_ack" },
}
local rest = {}
for _, port in ipairs(PORTS) do
  kinds["telnet" .. port] = { { service = "telnet", ports = port }, other = "drop" }
  rest[port] = HOSTS[port]
  for _, hosts in pairs(MOST) do rest[port] = rest[port] - (hosts[port] or 0) end
end

-- The i-th of n whole numbers that add up to `total`.
local function part(total, i, n)
  return math.floor(total * i / n) - math.floor(total * (i - 1) / n)
end

local networks = {}

-- telnet: port -> hosts; noise: hosts of other kinds.
local function add(prefix, bits, as, name, telnet, noise)
  local hosts, sum = { web = 0.3 * noise, shell = 0.2 * noise, wall = 0.5 * noise }, noise
  for _, port in ipairs(PORTS) do
    local count = telnet[port] or 0
    if count > 0 then hosts["telnet" .. port], sum = count, sum + count end
  end
  networks[#networks + 1] = {
    prefix = ("%s/%d"):format(prefix, bits), as = as, name = name, density = sum / 2 ^ (32 - bits), hosts = hosts,
    rtt = { 0.02, 0.25 },
  }
end

local function add_all(first, step, bits, noise)
  local number = 0
  local function next_prefix()
    number = number + 1
    local at = number * step
    return ("%d.%d.%d.0"):format(first, math.floor(at / 256), at % 256)
  end
  for _, as in ipairs { 10318, 12874, 17858, 28573 } do add(next_prefix(), bits, as, NAMES[as], MOST[as], noise) end
  for i = 1, OTHERS do
    local telnet = {}
    for _, port in ipairs(PORTS) do telnet[port] = part(rest[port], i, OTHERS) end
    add(next_prefix(), bits, 64511 + i, "Network " .. i, telnet, noise)
  end
end

add_all(10, 2, 23, 20)   -- small
add_all(20, 64, 18, 2500) -- full

return { targets = { "10.0.0.0/16" }, ports = table.concat(PORTS, ","), networks = networks, kinds = kinds }
