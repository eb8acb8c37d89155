-- The order of handshakes that finds most services soonest: greedy, from a recording in which each was tried on each target.

local cjson = require "cjson"

local order = {}

-- What one more handshake costs, on average over the targets it would be asked of.
order.costs = { messages = true, packets = true, time = true, none = true }

-- --- reading -----------------------------------------------------------------------------------------------------------

local function sends_of(handshake)
  local count = 0
  for _, event in ipairs(handshake.events or {}) do
    if event[1] == "sent" then count = count + 1 end
  end
  return count
end

local function seconds_of(handshake)
  local last, total = 0, 0
  for _, event in ipairs(handshake.events or {}) do
    if event[1] == "sent" then total, last = total + last, 0 else last = math.max(last, event[3]) end
  end
  return (total + last) / 1e9
end

local function wanted(target, options)
  if options.port and not options.port(target.port) then return false end
  local any, expected = false, false
  for _, handshake in ipairs(target.handshakes) do
    any = any or handshake.service ~= nil
    expected = expected or handshake.service ~= nil and handshake.service == target.expected
  end
  return any and not (options.exclude_expected and expected)
end

local function new_handshake(name)
  return { name = name, finds = {}, own = {}, messages = {}, packets = {}, time = {}, sends = 0 }
end

-- lines: an iterator over a recording's lines. options: port = function(number) -> whether it counts; exclude_expected;
-- only = { name = true } or nil. Returns { targets = count, handshakes = { name -> what it found and cost } }.
function order.read(lines, options)
  local data = { targets = 0, handshakes = {} }
  for line in lines do
    local target = cjson.decode(line)
    if target.handshakes and wanted(target, options) then
      data.targets = data.targets + 1
      for _, one in ipairs(target.handshakes) do
        local name = one.handshake
        if not options.only or options.only[name] then
          local known = data.handshakes[name] or new_handshake(name)
          data.handshakes[name] = known
          local sends = sends_of(one)
          known.sends = known.sends + sends
          known.messages[data.targets], known.packets[data.targets] = sends, one.packets or 0
          known.time[data.targets] = seconds_of(one)
          if one.service then known.finds[data.targets] = true end
          if one.service == name then known.own[data.targets] = true end
        end
      end
    end
  end
  return data
end

-- --- choosing ----------------------------------------------------------------------------------------------------------

local function sorted_names(handshakes)
  local names = {}
  for name, one in pairs(handshakes) do
    -- What never says anything waits as `wait` does.
    if one.sends > 0 or name == "wait" then names[#names + 1] = name end
  end
  table.sort(names, function(a, b)
    if (a == "wait") ~= (b == "wait") then return a == "wait" end
    return a < b
  end)
  return names
end

-- Targets a handshake adds, what it costs on average where nothing was found yet, and how many it adds by its own name.
local function worth(one, covered, targets, cost)
  local gain, sum, open, own = 0, 0, 0, 0
  for target = 1, targets do
    if not covered[target] then
      open = open + 1
      if one.finds[target] then gain = gain + 1 end
      if one.own[target] then own = own + 1 end
      if cost then sum = sum + (cost[target] or 0) end
    end
  end
  return gain, cost and open > 0 and sum / open or 1, own
end

-- Whether a candidate is better than the best so far: by gain per cost, then by gain, then by how many are found by asking
-- for what they are.
local function is_better(one, best)
  if not best then return true end
  local left, right = one.gain * best.cost, best.gain * one.cost
  if left ~= right then return left > right end
  if one.gain ~= best.gain then return one.gain > best.gain end
  return one.own > best.own
end

-- Greedy: at each step what adds most for its cost; what costs nothing comes before all that costs something.
-- Returns a list of { handshake, gain, coverage (both in percent of the targets), found, cost }.
function order.greedy(data, cost)
  local covered, steps, found = {}, {}, 0
  local names = sorted_names(data.handshakes)
  while true do
    local best
    for _, name in ipairs(names) do
      local one = data.handshakes[name]
      local gain, price, own = worth(one, covered, data.targets, cost ~= "none" and one[cost] or nil)
      local candidate = { name = name, gain = gain, cost = price, own = own }
      if gain > 0 and is_better(candidate, best) then best = candidate end
    end
    if not best then return steps end
    for target in pairs(data.handshakes[best.name].finds) do covered[target] = true end
    found = found + best.gain
    steps[#steps + 1] = {
      handshake = best.name, gain = 100 * best.gain / data.targets, coverage = 100 * found / data.targets,
      found = best.gain, cost = best.cost,
    }
  end
end

-- --- writing -----------------------------------------------------------------------------------------------------------

local UNITS = { messages = "MESSAGES", packets = "PACKETS", time = "SECONDS", none = "COST" }

local CURVE = 40   -- signs of a coverage of 100%

-- A table whose last column is the curve of coverage over the number of protocols.
function order.text(result)
  local lines = {
    ("%-4s %-20s %9s %9s %10s %9s  %s"):format("", "HANDSHAKE", "FOUND", "GAIN %", "COVERAGE %", UNITS[result.cost],
      "CONVERGENCE"),
  }
  for i, step in ipairs(result.steps) do
    lines[#lines + 1] = ("%-4d %-20s %9d %9.2f %10.2f %9.3f  %s"):format(i, step.handshake, step.found, step.gain, step.coverage,
      step.cost, ("#"):rep(math.floor(step.coverage / 100 * CURVE)))
  end
  lines[#lines + 1] = ("%d targets with a service%s"):format(result.targets,
    result.exclude_expected and ", the expected one left out" or "")
  return table.concat(lines, "\n") .. "\n"
end

local POLICY = [[
-- Written by sonde order from %s: greedy by %s, %d targets, %.2f%% of their services.

local order = { %s }
local expected_first = %s   -- the order was found among what is not expected on its port

return function(target)
  if target.syn_ack and target.syn_ack.window == 0 then return end
  local names, expected = {}, expected_first and target.expected
  if expected then names[1] = expected end
  for _, name in ipairs(order) do
    if name ~= expected then names[#names + 1] = name end
  end
  for i, name in ipairs(names) do
    local attempt = target:try(name, { why = "place " .. i .. " of the order" })
    if attempt.data or not attempt.opened or attempt.outcome == "no_ack" then return end
  end
end
]]

-- A policy file that tries the handshakes in this order.
function order.policy(result)
  local names = {}
  for i, step in ipairs(result.steps) do names[i] = ("%q"):format(step.handshake) end
  local source = (result.source or "a recording"):gsub("[^\32-\126]", "?")
  local last = result.steps[#result.steps]
  return POLICY:format(source, result.cost == "none" and "gain alone" or "gain per " .. result.cost, result.targets,
    last and last.coverage or 0, table.concat(names, ", "), tostring(result.exclude_expected or false))
end

return order
