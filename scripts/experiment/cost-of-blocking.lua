-- The cost of dynamic blocking: connection-seconds of a client that waits out its timeout, and of ours (LZR, section 2).

-- The naive client connects to what a scanner found, whose own connection came to nothing, asks, and waits for an answer until
-- its time is up, whatever it sees: what our engine gives up as never acknowledged it holds on to until then.
local NAIVE = [[return function(target)
  target:try("wait", { timeout = 0.001 })
  local attempt = target:try("mongodb", { fresh = true })
  if attempt.outcome == "no_ack" then target:try("wait", { timeout = %g }) end
end]]

-- Ours asks the same question, on the connection it was found by, and believes its window.
local OURS = [[return function(target)
  if target.syn_ack.window > 0 then target:try("mongodb") end
end]]

local LATER = 10 -- percent of its time by which the engine's last repetition comes before the naive client's end

-- Connections open at once times the time they take: divided by how many may be open, how long a scan takes.
local function cost(lab, options, by)
  local sums, counts = lab:tally(), lab:tally()
  options.each = function(record)
    local key = by and by:find(record.address).name or "all"
    sums:add(key, nil, record.seconds)
    counts:add(key)
  end
  lab:scan(options)
  return function(key) return sums:get(key) / counts:get(key) end, counts:get()
end

local function naive(seconds, options)
  options.script, options.timeout = NAIVE:format(seconds * LATER / 100), seconds
  options.retries, options.rate = "15", "2k"
  return options
end

local function run(lab)
  local networks, pace = lab:networks(), "2k"
  local theirs = cost(lab, naive(100, {}), networks)
  local ours = cost(lab, { script = OURS }, networks)
  for _, name in ipairs { "dynamic_blocking", "zero_window", "reset", "shunning" } do
    lab:say("%-17s naive %7.2f s a host, ours %5.2f s", name, theirs(name), ours(name))
  end
  lab:expect("naive: dynamic blocking as long as zero window, ratio", theirs "dynamic_blocking" / theirs "zero_window", 1, 0.05)
  lab:expect_at_least("naive: zero window longer than RST, times", theirs "zero_window" / theirs "reset", 100)
  lab:expect("ours: seconds for a zero window", ours "zero_window", 0, 0.01)
  lab:expect_at_least("shunning: naive longer than ours, times", theirs "shunning" / ours "shunning", 100)

  local mix = { world = "port-27017", targets = { lab.size == "small" and "10.0.0.0/21" or "10.64.0.0/14" } }
  local function of_mix(options)
    options.world, options.targets = mix.world, mix.targets
    return cost(lab, options) "all"
  end
  local our_mix = of_mix { script = OURS, rate = pace }
  lab:expect_at_least("port 27017 at 100 s: times as fast", of_mix(naive(100, {})) / our_mix, 55)
  lab:say("port 27017 at 10 s: %.1f times as fast", of_mix(naive(10, {})) / our_mix)
end

local SMALL = { "10.1.0.0/22", "10.2.0.0/22", "10.3.0.0/22", "10.4.0.0/22" }
local FULL = { "20.2.0.0/15", "20.4.0.0/15", "20.6.0.0/15", "20.8.0.0/15" }

return { world = "protections", targets = { small = SMALL, full = FULL }, run = run }
