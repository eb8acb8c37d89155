-- sonde compare: what policies find and what it costs them, on one simulated Internet or one recording.

local comparison = require "sonde.comparison"
local core = require "sonde.core"
local options = require "sonde.cli.options"
local print_out = require "sonde.cli.print_out"
local world = require "sonde.world"

local compare = {}

local STEP = 1   -- seconds between looks at signals

local EPILOG = [[
Examples:
  sonde compare --policy lzr --policy sonde --world demo
  sonde compare --policy lzr --policy mine.lua --recording recording.jsonl --json result.json]]

function compare.declare(parser)
  local command = parser:command("compare", "Compare policies on a simulated world or on a recording.", EPILOG)
  command:option("--policy", "A policy by name or file; twice or more. The others are compared with the first.")
    :argname("NAME|FILE"):count "2+"
  command:option("--world", "Simulated Internet: a name (sonde list worlds) or a file."):argname "NAME|FILE"
  command:option("--recording", "What sonde scan --policy exhaustive --record FILE has written."):argname "FILE"
  command:option("--seeds", "How many worlds to draw, for the intervals. Default: 3."):argname("N")
    :convert(function(text)
      local count = text:find "^%d+$" and tonumber(text)
      if count and count >= 1 and count <= 1000 then return count end
      return nil, ("--seeds '%s' is not a number from 1 to 1000"):format(text)
    end)
  command:option("--seed", "The first of them. Default: 1."):argname("N"):convert(options.check.seed)
  command:option("--target", "Targets in the world; may be repeated. Default: the world's own."):argname("TARGET"):count "*"
  command:option("-p --ports", "Ports in the world. Default: the world's own."):argname "PORTS"
  command:option("--max-targets", "Only so many targets."):argname("N"):convert(options.check.number("--max-targets", "10k"))
  command:option("--retries", "As for sonde scan."):argname("N"):convert(options.check.number("--retries", "3"))
  command:option("--json", "Write the result as JSON, too."):argname "FILE"
  command:option("--path", "Directory of your own with protocols/, signatures/, scripts/; may be repeated."):argname("DIR")
    :count "*"
end

local function fail(sentence, status)
  error({ sentence = sentence, status = status or 2 }, 0)
end

-- Runs a scan to its end, each record to `each`; returns its counters.
local function scan(given, chosen, each)
  local all = {
    root = given.tree, paths = given.path, input = "list", rate = "0", retries = given.retries, jit = false,
    sink = each and function(line) each(line) end,
  }
  for key, value in pairs(chosen) do all[key] = value end
  local running, sentence = core.scan(all)
  if not running then fail(sentence) end
  local state, problem
  repeat
    state, problem = running:step(STEP)
    if core.signals() > 0 then fail("interrupted", 130) end
  until not state or state == "done"
  local counters = running:counters()
  running:close(true)
  if not state then fail(problem, 1) end
  if counters.script_errors > 0 then
    fail(("%d targets ended in a script error: see the records of sonde scan --policy %s"):format(counters.script_errors,
      all.policy), 1)
  end
  return counters
end

-- Calls use(path) with a temporary file of this text.
local function with_file(text, use)
  local path = os.tmpname()
  local file, problem = io.open(path, "w")
  if not file then fail(problem, 1) end
  file:write(text)
  file:close()
  local results = { pcall(use, path) }
  os.remove(path)
  if not results[1] then error(results[2], 0) end
  return unpack(results, 2)
end

-- The ports to scan: nil where they are the world's own, which the engine takes where there are no targets either.
local function ports_of(given)
  if given.ports or #given.target == 0 then return given.ports end
  local described, problem = world.describe(given.tree, given.world)
  if not described then fail(problem) end
  return described.ports
end

-- The targets of a world that answer a SYN, one a line: every policy is given the same.
local function answering(given, seed)
  local list = {}
  with_file("return function() end\n", function(policy)
    scan(given, {
      link = "sim:" .. given.world, transport = "raw", seed = seed, policy = policy, targets = given.target,
      ports = ports_of(given), max_targets = given.max_targets,
    }, function(line)
      local record = comparison.decode(line)
      list[#list + 1] = (record.address:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(record.address, record.port)
    end)
  end)
  if #list == 0 then fail "no target of this world answers" end
  return table.concat(list, "\n") .. "\n"
end

local function next_seed(first, index)
  return ("%.0f"):format((tonumber(first) + index) % 2 ^ 53)
end

-- One run per policy: { records, counters } for comparison.judge.
local function run_policies(given, chosen)
  local runs = {}
  for i, policy in ipairs(given.policy) do
    local run = comparison.new_run()
    chosen.policy = policy
    run.counters = scan(given, chosen, function(line) run:add(line) end)
    runs[i] = run
  end
  return runs
end

local function of_world(given)
  local rounds, first = {}, given.seed or "1"
  for i = 1, given.seeds or 3 do
    local seed = next_seed(first, i - 1)
    rounds[i] = with_file(answering(given, seed), function(list)
      local runs = run_policies(given, { link = "sim:" .. given.world, transport = "raw", seed = seed, lists = { list } })
      return comparison.judge(runs, comparison.union(runs))
    end)
  end
  return rounds, "missed and wrong: measured against what all the policies found together"
end

local function of_recording(given)
  for _, name in ipairs { "seeds", "seed", "ports" } do
    if given[name] then fail(("--%s does not go with --recording"):format(name)) end
  end
  if #given.target > 0 then fail "--target does not go with --recording" end
  local file, problem = io.open(given.recording)
  if not file then fail(problem) end
  local ok, truth = pcall(comparison.recorded, file:lines())
  file:close()
  if not ok then fail(given.recording .. " is no recording that this Sonde can read") end
  local runs = run_policies(given, { transport = "replay:" .. given.recording, max_targets = given.max_targets })
  return { comparison.judge(runs, truth) }, "missed and wrong: measured against all handshakes of the recording"
end

local function run(given)
  if (given.world ~= nil) == (given.recording ~= nil) then fail "name a --world or a --recording, and not both" end
  local json, unwritable
  if given.json then
    json, unwritable = print_out.open(given.json)
    if not json then fail(unwritable) end
  end
  core.catch_signals()
  local rounds, meaning = (given.world and of_world or of_recording)(given)
  local result = comparison.summarize(given.policy, rounds)
  result.world, result.recording, result.meaning = given.world, given.recording, meaning
  if json then
    local ok, problem = print_out.close(json, core.json.encode(comparison.plain(result, core.json.array)) .. "\n")
    if not ok then fail(problem, 1) end
  end
  return print_out.text(comparison.text(result))
end

function compare.run(given)
  local ok, status, sentence = pcall(run, given)
  if ok then return status, sentence end
  if type(status) ~= "table" then error(status, 0) end
  return status.status, status.sentence
end

return compare
