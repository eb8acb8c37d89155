-- sonde order: in which order to try handshakes, learnt from a recording or a simulated world.

local core = require "sonde.core"
local greedy = require "sonde.order"
local loader_module = require "sonde.loader"
local options = require "sonde.cli.options"
local print_out = require "sonde.cli.print_out"

local order = {}

local STEP = 1   -- seconds between looks at signals

local EPILOG = [[
Examples:
  sonde order recording.jsonl --cost packets --write best.lua
  sonde order --world demo --exclude-expected --ports 1024-65535
A recording for this is made by: sonde scan --policy exhaustive --record FILE]]

function order.declare(parser)
  local command = parser:command("order", "Find the best order of handshakes.", EPILOG)
  command:argument("recording", "What sonde scan --policy exhaustive --record FILE has written."):args "?"
  command:option("--world", "A simulated Internet instead, which is scanned now."):argname "NAME|FILE"
  command:option("--cost", "What a handshake costs: messages (default), packets, time or none."):argname("COST")
    :choices { "messages", "packets", "time", "none" }
  command:option("-p --ports", "Only targets on these ports: 80,443,8000-8100."):argname "PORTS"
  command:flag("--exclude-expected", "Only targets where something else answers than what the port is assigned to.")
  command:option("--handshakes", "Only these, e.g. wait,tls,http."):argname "NAMES"
  command:option("--seed", "For --world. Default: 1."):argname("N"):convert(options.check.seed)
  command:option("--max-targets", "For --world."):argname("N"):convert(options.check.number("--max-targets", "10k"))
  command:option("--write", "Write the order as a policy file."):argname "FILE.lua"
  command:option("--json", "Write the result as JSON, too."):argname "FILE"
  command:option("--path", "Directory of your own with protocols/, signatures/, scripts/; may be repeated."):argname("DIR")
    :count "*"
end

local function fail(sentence, status)
  error({ sentence = sentence, status = status or 2 }, 0)
end

-- "80,8000-8100" as a function(port) -> whether it is one of them.
local function ports_of(text)
  local ranges = {}
  for part in (text .. ","):gmatch "([^,]*)," do
    local first, last = part:match "^(%d+)%-(%d+)$"
    first = first or part:match "^%d+$"
    first, last = tonumber(first), tonumber(last or first)
    if not first or first < 1 or last > 65535 or first > last then fail(("--ports '%s': '%s' is no port"):format(text, part)) end
    ranges[#ranges + 1] = { first, last }
  end
  return function(port)
    for _, range in ipairs(ranges) do
      if port >= range[1] and port <= range[2] then return true end
    end
    return false
  end
end

local function names_of(text)
  local names = {}
  for name in text:gmatch "[^,]+" do names[name] = true end
  return names
end

-- Scans the world with every handshake into a recording; calls use(path) while it exists.
local function record_world(given, use)
  local path = os.tmpname()
  local ok, result = pcall(function()
    local running, sentence = core.scan {
      root = given.tree, paths = given.path, input = "list", link = "sim:" .. given.world, transport = "raw", rate = "0",
      policy = "exhaustive", seed = given.seed or "1", max_targets = given.max_targets, record = path,
      ports = given.ports, sink = function() end,
    }
    if not running then fail(sentence) end
    local state, problem
    repeat
      state, problem = running:step(STEP)
      if core.signals() > 0 then fail("interrupted", 130) end
    until not state or state == "done"
    local closed, closing = running:close(false)
    if not state then fail(problem, 1) end
    if not closed then fail(closing, 1) end
    return use(path)
  end)
  os.remove(path)
  if not ok then error(result, 0) end
  return result
end

local function read(path, given)
  local file, problem = io.open(path)
  if not file then fail(problem) end
  local first = file:read "*l"
  if not first or not first:find '^{"recording":1,' then fail(path .. " is no recording that this Sonde can read") end
  local ok, data = pcall(greedy.read, file:lines(), {
    port = given.ports and ports_of(given.ports), exclude_expected = given.exclude_expected,
    only = given.handshakes and names_of(given.handshakes),
  })
  file:close()
  if not ok then fail(type(data) == "table" and data.sentence or path .. " is damaged: " .. tostring(data)) end
  return data
end

-- A file for a result, or nil where none is wanted.
local function open(path)
  if not path then return end
  local file, problem = print_out.open(path)
  if not file then fail(problem) end
  return file
end

local function write(file, text)
  local ok, problem = print_out.close(file, text)
  if not ok then fail(problem, 1) end
end

-- Handshakes that are to be considered, and are none.
local function check_names(given)
  local loader = loader_module.new(given.tree, core.list, given.path)
  for name in (given.handshakes or ""):gmatch "[^,]+" do
    local known, unknown = loader:source("protocol", (name:gsub("[/.]", "?")))
    if not known then fail("--handshakes: " .. unknown) end
  end
end

local function run(given)
  if (given.world ~= nil) == (given.recording ~= nil) then fail "name a recording, or a --world" end
  check_names(given)
  local policy, json = open(given.write), open(given.json)
  core.catch_signals()
  local function use(path) return read(path, given) end
  local data = given.world and record_world(given, use) or use(given.recording)
  if data.targets == 0 then fail "no target with a service is left to order by" end
  local cost = given.cost or "messages"
  local result = {
    source = given.world and "the world " .. given.world or given.recording, targets = data.targets, cost = cost,
    exclude_expected = given.exclude_expected, steps = greedy.greedy(data, cost),
  }
  if policy then write(policy, greedy.policy(result)) end
  local text = greedy.text(result)
  if json then
    core.json.array(result.steps)
    write(json, core.json.encode(result) .. "\n")
  end
  return print_out.text(text)
end

function order.run(given)
  local ok, status, sentence = pcall(run, given)
  if ok then return status, sentence end
  if type(status) ~= "table" then error(status, 0) end
  return status.status, status.sentence
end

return order
