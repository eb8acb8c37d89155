-- What a scan found: as a summary (JSON), and as a table a person reads.

local cjson = require "cjson"
local core = require "sonde.core"
local grouped = require("sonde.cli.progress").grouped
local verdict = require "sonde.verdict"

local report = {}

local ROWS_MAX = 40   -- services in the table

-- The sum of tallies, given as JSON texts: { verdicts = { silent = 3, ... }, ... }.
function report.merge(texts)
  local sum = { verdicts = {}, services = {}, expected = {}, unexpected = {} }
  for _, text in ipairs(texts) do
    for name, counts in pairs(cjson.decode(text)) do
      local all = sum[name] or {}
      sum[name] = all
      for key, count in pairs(counts) do all[key] = (all[key] or 0) + count end
    end
  end
  return sum
end

-- Parameters, versions, seed, times, every counter, and what was found. times: state, failure, started, ended, seconds.
function report.summary(running, parameters, times)
  local options = {}
  for key, value in pairs(parameters) do options[key] = type(value) == "table" and core.json.array(value) or value end
  local summary = { parameters = options, versions = core.versions(), counters = running:counters(),
    seed = running:seed(), transport = running:transport(), workers = running:workers(),
    notes = core.json.array(running:notes()) }
  for key, value in pairs(times) do summary[key] = value end
  for key, value in pairs(report.merge(running:tally())) do summary[key] = value end
  return summary
end

local function services_by_count(counts)
  local names = {}
  for name in pairs(counts) do names[#names + 1] = name end
  table.sort(names, function(a, b) return counts[a] > counts[b] or counts[a] == counts[b] and a < b end)
  return names
end

local function print_services(out, summary)
  local names = services_by_count(summary.services)
  if #names == 0 then
    out:write "No service was found.\n"
    return
  end
  out:write(("%-18s %9s %17s %15s\n"):format("SERVICE", "FOUND", "ON ASSIGNED PORT", "ON OTHER PORTS"))
  for i, name in ipairs(names) do
    if i > ROWS_MAX then
      out:write(("... and %d more\n"):format(#names - ROWS_MAX))
      break
    end
    out:write(("%-18s %9s %17s %15s\n"):format(name, grouped(summary.services[name]),
      grouped(summary.expected[name] or 0), grouped(summary.unexpected[name] or 0)))
  end
end

local function print_verdicts(out, summary)
  if next(summary.verdicts) == nil then return end
  out:write(("\n%-18s %9s\n"):format("VERDICT", "TARGETS"))
  for _, row in ipairs(verdict.meanings) do
    local name, meaning = row[1], row[2]
    if summary.verdicts[name] then
      out:write(("%-18s %9s  %s\n"):format(name, grouped(summary.verdicts[name]), meaning))
    end
  end
end

-- The table at the end of a scan.
function report.print(out, summary)
  local counters = summary.counters
  out:write "\n"
  print_services(out, summary)
  print_verdicts(out, summary)
  local silent = counters.targets - counters.targets_repeated - counters.targets_blocked - counters.syn_acks - counters.refused
    - counters.unreachable
  local blocked = counters.targets_blocked > 0 and (", %s excluded by lists"):format(grouped(counters.targets_blocked)) or ""
  out:write(("\n%s %s in %.1f s: %s answered, %s refused, %s gave no answer%s.\n"):format(
    grouped(counters.targets - counters.targets_repeated), counters.targets == 1 and "target" or "targets", summary.seconds,
    grouped(counters.syn_acks), grouped(counters.refused),
    grouped(math.max(0, silent)), blocked))
  if counters.dropped_kernel > 0 then
    out:write(("%s frames were lost before Sonde saw them: lower --rate.\n"):format(grouped(counters.dropped_kernel)))
  end
  if counters.dropped_flow_full > 0 then
    out:write(("%s answers came while all connections were in use: raise --max-open, --retries, or lower --rate.\n"):format(
      grouped(counters.dropped_flow_full)))
  end
  if counters.script_errors > 0 then
    out:write(("%s targets ended in a script error: see \"error\" in their records.\n"):format(
      grouped(counters.script_errors)))
  end
end

return report
