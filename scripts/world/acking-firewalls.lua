-- Acking firewalls: 2% of the hosts acknowledge data on all ports, mostly in five networks (LZR, section 3.1).

local NETWORKS = 50 -- that have any; the first five have 77% of the firewalls

-- 28% of these networks drop port 445, 10% drop 23.
local function kind_of(i)
  if i % 25 < 7 then return "firewall_445" end
  if i >= 10 and i <= 18 and i % 2 == 0 then return "firewall_23" end
  return "firewall"
end

local WEB = {
  { service = "http", chance = 0.25, ports = 80 }, { service = "telnet", chance = 0.02, ports = 23 },
  { behaviour = "silent", chance = 0.08, ports = { [80] = 1, [23] = 1, [445] = 2 } }, other = "refuse",
}
local kinds = {
  host = WEB, blocking = { other = "no_ack" }, firewall = { other = "silent" },
  firewall_445 = { { behaviour = "drop", ports = 445 }, other = "silent" },
  firewall_23 = { { behaviour = "drop", ports = 23 }, other = "silent" },
}

-- The i-th of n whole numbers that add up to `total`.
local function part(total, i, n)
  return math.floor(total * i / n) - math.floor(total * (i - 1) / n)
end

local networks = {}

local function add_all(first, bits, hosts)
  local firewalls = hosts * 0.02
  for i = 1, NETWORKS do
    local most = i <= 5
    local here = most and part(firewalls * 0.77, i, 5) or part(firewalls * 0.23, i - 5, NETWORKS - 5)
    local kind, all = kind_of(i), hosts / NETWORKS
    networks[#networks + 1] = {
      prefix = ("%d.%d.0.0/%d"):format(first, i, bits), as = 64511 + i, name = "Network " .. i, rtt = { 0.01, 0.2 },
      density = all / 2 ^ (32 - bits), hosts = { host = (all - here) * 0.97, blocking = (all - here) * 0.03, [kind] = here },
    }
  end
end

add_all(10, 24, 10000)  -- small
add_all(20, 20, 100000) -- full

return { targets = { "10.1.0.0/24" }, ports = "23,80,445", networks = networks, kinds = kinds }
