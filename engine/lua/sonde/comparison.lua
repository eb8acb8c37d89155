-- What policies found and what it cost: measures of their scans, and the differences between them.

local cjson = require "cjson"

local comparison = { decode = cjson.decode }

-- Rows of the table: key, label, digits after the point, and which way is better.
local MEASURES = {
  { "targets", "targets that answered", 0 },
  { "found", "services found", 0, "more" },
  { "missed", "services missed", 0, "less" },
  { "wrong", "services named wrongly", 0, "less" },
  { "connections_per_target", "connections per target", 3, "less" },
  { "connections_per_service", "connections per service", 3, "less" },
  { "packets_per_target", "packets sent per target", 3, "less" },
  { "packets_per_service", "packets sent per service", 3, "less" },
  { "bytes_per_target", "bytes sent per target", 1, "less" },
  { "bytes_per_service", "bytes sent per service", 1, "less" },
  { "seconds_mean", "seconds to verdict, mean", 3, "less" },
  { "seconds_median", "seconds to verdict, median", 3, "less" },
  { "seconds_p99", "seconds to verdict, p99", 3, "less" },
}
comparison.measures = MEASURES

-- Student's t for 95%, two-sided, by degrees of freedom; beyond these the normal distribution's.
local T = { 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
  2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042 }

-- --- one scan ----------------------------------------------------------------------------------------------------------

local run = {}
run.__index = run

function comparison.new_run()
  return setmetatable({ services = {}, seconds = {}, targets = 0 }, run)
end

local function key_of(record)
  return record.address .. " " .. record.port
end

-- A record, as its line. Targets that refused or did not answer are not counted.
function run:add(line)
  local record = cjson.decode(line)
  if record.verdict == "refused" or record.verdict == "filtered" then return end
  self.targets = self.targets + 1
  self.services[key_of(record)] = record.service
  self.seconds[#self.seconds + 1] = record.seconds or 0
end

-- --- the truth ---------------------------------------------------------------------------------------------------------

-- target -> { name = true, ... }: the names that count as right. Where policies disagree it is the one most of them give,
-- and of several such the one that an earlier policy gives.
function comparison.union(runs)
  local votes, truth = {}, {}
  for i, one in ipairs(runs) do
    for target, service in pairs(one.services) do
      votes[target] = votes[target] or {}
      local vote = votes[target][service] or { count = 0, first = i }
      vote.count = vote.count + 1
      votes[target][service] = vote
    end
  end
  for target, names in pairs(votes) do
    local best, won
    for name, vote in pairs(names) do
      if not won or vote.count > won.count or (vote.count == won.count and vote.first < won.first) then best, won = name, vote end
    end
    truth[target] = { [best] = true }
  end
  return truth
end

-- The same from a recording's lines: every name that the answer to any of its handshakes had.
function comparison.recorded(lines)
  local truth = {}
  for line in lines do
    local target = cjson.decode(line)
    for _, handshake in ipairs(target.handshakes or {}) do
      if handshake.service then
        local names = truth[key_of(target)] or {}
        names[handshake.service], truth[key_of(target)] = true, names
      end
    end
  end
  return truth
end

-- --- measures ----------------------------------------------------------------------------------------------------------

local function percentile(sorted, share)
  if #sorted == 0 then return 0 end
  return sorted[math.max(1, math.ceil(share * #sorted))]
end

local function mean_of(list)
  local sum = 0
  for _, value in ipairs(list) do sum = sum + value end
  return #list > 0 and sum / #list or 0
end

local function measure(one, truth)
  local counters = one.counters
  local out = { targets = one.targets, found = 0, missed = 0, wrong = 0 }
  for target, names in pairs(truth) do
    local service = one.services[target]
    if not service then out.missed = out.missed + 1
    elseif names[service] then out.found = out.found + 1
    else out.wrong = out.wrong + 1 end
  end
  for target in pairs(one.services) do
    if not truth[target] then out.wrong = out.wrong + 1 end
  end
  table.sort(one.seconds)
  local connections = counters.connections + counters.connect_failures
  for name, sum in pairs { connections = connections, packets = counters.frames_sent, bytes = counters.bytes_sent } do
    out[name .. "_per_target"] = sum / math.max(1, one.targets)
    out[name .. "_per_service"] = sum / math.max(1, out.found)
  end
  out.seconds_mean = mean_of(one.seconds)
  out.seconds_median, out.seconds_p99 = percentile(one.seconds, 0.5), percentile(one.seconds, 0.99)
  return out
end

-- Measures of each run: a round.
function comparison.judge(runs, truth)
  local round = {}
  for i, one in ipairs(runs) do round[i] = measure(one, truth) end
  return round
end

-- --- over all rounds ---------------------------------------------------------------------------------------------------

-- Mean, and half the width of its 95% interval (nil for a single value).
local function estimate(values)
  local mean, squares = mean_of(values), 0
  if #values < 2 then return { mean = mean } end
  for _, value in ipairs(values) do squares = squares + (value - mean) ^ 2 end
  local t = T[#values - 1] or 1.96
  return { mean = mean, interval = t * math.sqrt(squares / (#values - 1) / #values) }
end

-- policies: names; rounds: from judge. The difference to the first policy is taken within each round, so that what a world
-- has in common for all does not blur it.
function comparison.summarize(policies, rounds)
  local result = { policies = {}, rounds = #rounds }
  for i, name in ipairs(policies) do
    local measures = {}
    for _, row in ipairs(MEASURES) do
      local key, values, differences = row[1], {}, {}
      for r, round in ipairs(rounds) do
        values[r], differences[r] = round[i][key], round[i][key] - round[1][key]
      end
      measures[key] = estimate(values)
      if i > 1 then measures[key].difference = estimate(differences) end
    end
    result.policies[i] = { policy = name, measures = measures }
  end
  return result
end

-- The result with its lists marked, for JSON.
function comparison.plain(result, array)
  local out = {}
  for key, value in pairs(result) do out[key] = value end
  out.policies = array(result.policies)
  return out
end

-- --- the table ---------------------------------------------------------------------------------------------------------

local function number(value, digits)
  return ("%." .. digits .. "f"):format(value)
end

local function with_interval(value, digits)
  if not value.interval or value.interval == 0 then return number(value.mean, digits) end
  return number(value.mean, digits) .. " +-" .. number(value.interval, digits == 0 and 1 or digits)
end

local function change(value, first, digits)
  local difference = value.difference
  if math.abs(difference.mean) < 1e-12 then return "=" end
  local text = ("%+." .. math.max(1, digits) .. "f"):format(difference.mean)
  if difference.interval then text = text .. " +-" .. number(difference.interval, math.max(1, digits)) end
  if first.mean ~= 0 then text = text .. (" (%+.1f%%)"):format(100 * difference.mean / first.mean) end
  return text
end

local function short(name)
  return name:match "([^/]+)%.lua$" or name
end

function comparison.text(result)
  local header = { "" }
  for i, one in ipairs(result.policies) do
    header[#header + 1] = short(one.policy)
    if i > 1 then header[#header + 1] = "difference to " .. short(result.policies[1].policy) end
  end
  local rows, widths = { header }, {}
  for _, row in ipairs(MEASURES) do
    local cells, first = { row[2] }, result.policies[1].measures[row[1]]
    for i, one in ipairs(result.policies) do
      local value = one.measures[row[1]]
      cells[#cells + 1] = with_interval(value, row[3])
      if i > 1 then cells[#cells + 1] = change(value, first, row[3]) end
    end
    rows[#rows + 1] = cells
  end
  for _, cells in ipairs(rows) do
    for i, cell in ipairs(cells) do widths[i] = math.max(widths[i] or 0, #cell) end
  end
  local lines = {}
  for _, cells in ipairs(rows) do
    local out = {}
    for i, cell in ipairs(cells) do
      local gap = (" "):rep(widths[i] - #cell)
      out[i] = i == 1 and cell .. gap or gap .. cell
    end
    lines[#lines + 1] = table.concat(out, "  ")
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = result.meaning
  lines[#lines + 1] = result.rounds > 1 and ("+-: 95%% interval over %d seeds; differences are taken seed by seed"):format(
    result.rounds) or "one run each, so there is no interval"
  return table.concat(lines, "\n") .. "\n"
end

return comparison
