-- What Sonde is to reach, and whether a result does.
local figures = require "spec.bench.figures"

local PEERS = { "zmap", "masscan" }
local BANNERS = { "masscan --banners", "masscan --banners, 10k/s" }
local SIZES = { "1000 open", "10000 open", "100000 open", "1000000 open" }
local FLAT = 1.25            -- the dearest event may cost so much more than the cheapest
local HOSTS = 131072

local goals = {}

-- A check: `value` against `limit`, which it has to reach (">=") or must not exceed ("<=").
local function check(text, sense, limit, value, form)
  return { text = text, sense = sense, limit = limit, value = value, form = form or "%.2f" }
end

-- The same of a share of 1 whose limit is given in percent.
local function percent(text, sense, limit, share)
  local one = check(text, sense, limit, share and share * 100)
  one.absolute = true
  return one
end

local function ratio_of_rates(result, bench, ours, theirs)
  return figures.ratio(figures.median(result, bench, ours, "rate"), figures.best(result, bench, theirs, "rate", math.max))
end

local function ratio_of_cost(result, bench, ours, theirs)
  return figures.ratio(figures.median(result, bench, ours, "cpu_us"), figures.best(result, bench, theirs, "cpu_us", math.min))
end

local function least(result, bench, contender, key)
  local spread = figures.of(result, bench, contender, key)
  return spread and spread.least
end

local function most(result, bench, contender, key)
  local spread = figures.of(result, bench, contender, key)
  return spread and spread.most
end

-- How the sink and the sender share the cores: the goals hold both ways.
local WAYS = { { "send-split", "sink on the other core" }, { "send-inline", "one core for both" } }

local function send_rate(result, link, ceiling, beside_peers)
  local checks = {}
  for _, way in ipairs(WAYS) do
    checks[#checks + 1] = check("times the faster of zmap and masscan, " .. way[2], ">=", beside_peers,
      ratio_of_rates(result, way[1], "sonde " .. link, PEERS))
    checks[#checks + 1] = check("of the bare " .. ceiling .. ", " .. way[2], ">=", 0.85,
      ratio_of_rates(result, way[1], "sonde " .. link, { "ceiling " .. ceiling }))
  end
  return checks
end

local function send_cost(result)
  local checks = {}
  for _, way in ipairs(WAYS) do
    for _, goal in ipairs { { "ring", 0.6 }, { "xdp", 0.5 } } do
      checks[#checks + 1] = check(("%s: times the better of zmap and masscan, %s"):format(goal[1], way[2]), "<=", goal[2],
        ratio_of_cost(result, way[1], "sonde " .. goal[1], PEERS))
    end
  end
  return checks
end

local function syn_scan(result)
  local checks = {}
  for _, link in ipairs { "ring", "xdp" } do
    local name = "sonde " .. link .. " --syn-only"
    checks[#checks + 1] = check(name .. ": hosts found in the worst run", ">=", HOSTS,
      least(result, "syn", name, "found"), "%.0f")
    checks[#checks + 1] = check(name .. ": hosts found more than once", "<=", 0, most(result, "syn", name, "repeated"), "%.0f")
    for _, peer in ipairs(PEERS) do
      checks[#checks + 1] = check(name .. ": times the CPU of " .. peer .. ", per host found", "<=", 0.5,
        ratio_of_cost(result, "syn", name, { peer }))
    end
  end
  return checks
end

local function identify(result)
  local checks = {}
  for _, goal in ipairs { { "ring", 60000 }, { "xdp", 100000 } } do
    local link, limit = goal[1], goal[2]
    local name = "sonde " .. link
    local function beside(peers, factor, text)
      local ours = figures.median(result, "identify", name, "per_cpu_second")
      local theirs = figures.best(result, "identify", peers, "per_cpu_second", math.max)
      checks[#checks + 1] = check(link .. ": services per CPU second, times " .. text, ">=", factor,
        figures.ratio(ours, theirs), "%.1f")
    end
    beside(BANNERS, 5, "masscan --banners (its better rate)")
    beside({ "zmap | lzr" }, 20, "LZR with ZMap")
    beside({ "nmap -sV" }, 100, "nmap -sV (a sample)")
    checks[#checks + 1] = check(link .. ": microseconds of user CPU a host", "<=", 7,
      figures.median(result, "identify", name, "user_us"), "%.1f")
    checks[#checks + 1] = check(link .. ": services per second on one core", ">=", limit,
      figures.median(result, "identify", name, "rate"), "%.0f")
    checks[#checks + 1] = check(link .. ": hosts found in the worst run", ">=", HOSTS,
      least(result, "identify", name, "found"), "%.0f")
  end
  return checks
end

local function mix(result)
  return {
    check("targets per CPU second of one core", ">=", 30000,
      figures.median(result, "mix", "sonde ring", "per_cpu_second"), "%.0f"),
    check("services missed in the worst run", "<=", 0, most(result, "mix", "sonde ring", "missed"), "%.0f"),
  }
end

local function memory(result)
  local costs = {}
  for _, size in ipairs(SIZES) do costs[#costs + 1] = figures.median(result, "open", size, "cpu_us") end
  local cost = #costs == #SIZES and figures.spread(costs)
  local million = SIZES[#SIZES]
  local whole = most(result, "open", million, "memory_kb")
  return {
    check("bytes per connection, the whole process at a million", "<=", 1536,
      figures.median(result, "open", million, "memory_each"), "%.0f"),
    check("connections open at once", ">=", 1000000 * 0.99, least(result, "open", million, "open"), "%.0f"),
    check("GiB with a million open", "<=", 2, whole and whole / 1024 ^ 2),
    check("the dearest target, of 10^3 to 10^6 open, times the cheapest", "<=", FLAT,
      cost and figures.ratio(cost.most, cost.least) or nil),
  }
end

local function records(result)
  local checks = {
    check("plain records per second", ">=", 300000, figures.median(result, "records", "plain", "rate"), "%.0f"),
  }
  for _, link in ipairs { "ring", "xdp" } do
    checks[#checks + 1] = percent(link .. ": percent off, the slowest second while nobody reads the output", ">=", -2,
      least(result, "rate", "sonde " .. link, "least"))
  end
  return checks
end

local function start_and_finish(result)
  local checks = {}
  for _, name in ipairs { "sonde ring", "sonde xdp" } do
    checks[#checks + 1] = check(name .. ": seconds from the command to the first packet", "<=", 0.2,
      figures.median(result, "start", name, "first_packet_s"))
  end
  for _, name in ipairs { "sonde ring", "sonde xdp", "sonde ring, silent hosts" } do
    checks[#checks + 1] = check(name .. ": seconds from the last timeout to the exit", "<=", 0.2,
      figures.median(result, "start", name, "exit_s"))
  end
  return checks
end

local function rate_kept(result)
  local checks = {}
  for _, name in ipairs { "sonde ring", "sonde xdp" } do
    checks[#checks + 1] = percent(name .. ": percent off, the slowest second", ">=", -2,
      least(result, "rate", name, "least"))
    checks[#checks + 1] = percent(name .. ": percent off, the fastest second", "<=", 1, most(result, "rate", name, "most"))
  end
  return checks
end

local function two_workers(result)
  local checks = {}
  for _, link in ipairs { "ring", "xdp" } do
    local one, two = ("sonde %s, 1 worker"):format(link), ("sonde %s, 2 workers"):format(link)
    checks[#checks + 1] = check(link .. ": times the CPU per million of one worker", "<=", 1.1,
      ratio_of_cost(result, "workers", two, { one }))
    checks[#checks + 1] = check(link .. ": times the throughput of one worker", ">=", 1.7,
      ratio_of_rates(result, "workers", two, { one }))
  end
  return checks
end

-- In the order of the table: what is measured, and its checks.
local LIST = {
  { "ring", "SYNs per second, one core, ring link", function(result) return send_rate(result, "ring", "TX ring", 1.5) end },
  { "xdp", "SYNs per second, one core, xdp link", function(result) return send_rate(result, "xdp", "AF_XDP", 2) end },
  { "cost", "CPU per SYN", send_cost },
  { "syn", "SYN scan of a /15 in which every address answers", syn_scan },
  { "identify", "Services identified, HTTP GET to 131,072 hosts", identify },
  { "mix", "The same with the policy sonde on a mix", mix },
  { "memory", "Connections held open", memory },
  { "records", "Records written", records },
  { "start", "First packet and exit", start_and_finish },
  { "rate", "Rate kept", rate_kept },
  { "workers", "Two workers", two_workers },
}

-- "reached", "missed" or "not measured".
function goals.judge(one)
  if not one.value then return "not measured" end
  local reached = one.sense == ">=" and one.value >= one.limit or one.sense == "<=" and one.value <= one.limit
  return reached and "reached" or "missed"
end

-- {{key, work, checks}} of a result.
function goals.of(result)
  local found = {}
  for i, goal in ipairs(LIST) do found[i] = { key = goal[1], work = goal[2], checks = goal[3](result) } end
  return found
end

return goals
