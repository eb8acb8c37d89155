-- Experiments: scan a simulated world with the real engine, count its records, and hold the counts against expectations.
--
-- An experiment (scripts/experiment/NAME.lua) is a table:
--   world      name or path of the world it scans
--   targets    { small = { "10.0.0.0/20" }, full = { "10.64.0.0/14" } }: what is scanned at each size
--   ports      as the command line takes them (default: the world's own)
--   run        function(lab)
-- A lab has size ("small" or "full"), seed, and these functions; all expectations that fail make the experiment fail:
--   lab:scan{ policy = | handshakes = { ... } | script = , each = function(record), ... }
--                     scans and calls `each` for every record, as it comes; returns { counters, records, seconds }, the
--                     seconds being virtual. policy: a name or file; handshakes: each of them on a connection of its own;
--                     script: a policy's source text. Further: targets, ports, world, all, full, rate, retries, max_open,
--                     timeout, cooldown, and source_addresses: of two, the second is for the further connections of a target.
--   lab:tally()       counts by one or two keys (sonde.tally)
--   lab:order{ ... }  scans, with options as of lab:scan, into a recording; returns how many targets have a service, and
--                     greedy(cost) -> the best order of handshakes: a list of { handshake, gain, found, ... } (sonde.order)
--   lab:networks()    the world's networks, joined to addresses by networks:find(address) (sonde.prefixes)
--   lab:truth()       function(address, port) -> what really is there: for judging verdicts, never for measuring
--   lab:expect(name, measured, expected, tolerance)
--   lab:expect_share(name, part, whole, expected, { pp = points } or { sigma = n })   expected in percent
--   lab:expect_same(name, measured, expected)            numbers, texts or lists of them, exactly alike
--   lab:expect_at_least(name, measured, least)
--   lab:decode(text)       the bytes of base 64 text: what records have where an answer is no text
--   lab:say(format, ...)   a line of its own among the results

local cjson = require "cjson"
local core = require "sonde.core"
local loader_module = require "sonde.loader"
local order = require "sonde.order"
local prefixes = require "sonde.prefixes"
local sandbox = require "sonde.sandbox"
local tally = require "sonde.tally"
local world = require "sonde.world"

local experiment = {}
local lab = {}
lab.__index = lab

local STEP = 1          -- seconds between looks at signals
local OPEN = "300k"     -- connections open at once, likewise
local RATE = "20k"      -- packets per virtual second, where the experiment does not say
local SIZES = { small = true, full = true }

local function must(value, sentence)
  if value == nil then error({ sentence = sentence }, 0) end
  return value
end

-- --- scanning --------------------------------------------------------------------------------------------------------

local SCAN = {
  policy = "string", handshakes = "table", script = "string", each = "function", targets = "table", ports = "string",
  world = "string", all = "boolean", full = "boolean", rate = "string", retries = "string", max_open = "string",
  timeout = "number", source_addresses = "table", cooldown = "string",
}

local function check_scan(options)
  for key, value in pairs(options) do
    if type(value) ~= SCAN[key] then
      error(SCAN[key] and ("scan: '%s' must be a %s"):format(key, SCAN[key]) or
        ("scan has no option '%s'"):format(tostring(key)), 3)
    end
  end
end

local function script_of(handshakes)
  local lines = { "return function(target)" }
  for i, name in ipairs(handshakes) do   -- the first has the connection that the target's SYN-ACK opened
    lines[#lines + 1] = ("target:try(%q, { fresh = %s })"):format(name, tostring(i > 1))
  end
  return table.concat(lines, "\n") .. "\nend\n"
end

-- The policy to scan with; a script of the experiment's own becomes a file for as long as `use` runs.
local function with_policy(options, use)
  local script = options.script or options.handshakes and script_of(options.handshakes)
  if not script then return use(options.policy or "lzr") end
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local ok, result = pcall(use, path, true)
  os.remove(path)
  if not ok then error(result, 0) end
  return result
end

-- Seconds since the beginning of the month that simulated scans begin in.
local function seconds_of(time)
  local day, hour, minute, second = time:match "^%d+%-%d+%-(%d+)T(%d+):(%d+):([%d.]+)Z$"
  return (((day - 1) * 24 + hour) * 60 + minute) * 60 + second
end

local function step_to_end(running)
  while true do
    local state, sentence = running:step(STEP)
    must(state, sentence)
    if state == "done" then return end
    if core.signals() > 0 then error({ interrupted = true }, 0) end
  end
end

local function describe(self, name)
  return must(world.describe(self.root, name))
end

-- recording: the file that keeps every handshake's answer, or nil.
local function scan_into(self, options, recording)
  check_scan(options)
  local name = options.world or self.world
  local ports = options.ports or self.ports or describe(self, name).ports
  local each, last, count = options.each or function() end, "", 0
  local function sink(line)
    local record = cjson.decode(line)
    count = count + 1
    if record.time > last then last = record.time end
    each(record)
  end
  local function scan(policy)
    return must(core.scan {
      root = self.root, paths = self.paths, record = recording, link = "sim:" .. name, input = "list",
      transport = "raw", policy = policy, seed = self.seed, sink = sink, rate = options.rate or RATE,
      targets = options.targets or self.targets, ports = ports, all = options.all,
      full = options.full, retries = options.retries, max_open = options.max_open or OPEN, timeout = options.timeout,
      source_addresses = options.source_addresses, cooldown = options.cooldown,
    })
  end
  local running = with_policy(options, scan)
  local ok, failed = pcall(step_to_end, running)
  local counters, errors, first = running:counters(), running:world_errors()
  running:close(true)
  if not ok then error(failed, 0) end
  if errors > 0 then error({ sentence = ("%d servers of the world failed: %s"):format(errors, first) }, 0) end
  return { counters = counters, records = count, seconds = last ~= "" and seconds_of(last) or 0 }
end

function lab:scan(options)
  return scan_into(self, options)
end

-- --- what the records are joined with ------------------------------------------------------------------------------------

function lab:tally() -- luacheck: ignore 212
  return tally.new()
end

function lab:order(options)
  local path = os.tmpname()
  local ok, data = pcall(function()
    scan_into(self, options, path)
    return order.read(io.lines(path), {})
  end)
  os.remove(path)
  if not ok then error(data, 0) end
  return data.targets, function(cost) return order.greedy(data, cost) end
end

function lab:networks()
  return must(prefixes.read(prefixes.write(describe(self, self.world).networks)))
end

function lab:truth()
  local truth = must(core.truth { root = self.root, world = self.world, seed = self.seed })
  return function(address, port) return truth:of(address, port) end
end

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

function lab:decode(text) -- luacheck: ignore 212
  local bits, count, bytes = 0, 0, {}
  for sign in text:gmatch "[%w+/]" do
    bits, count = bits * 64 + ALPHABET:find(sign, 1, true) - 1, count + 6
    if count >= 8 then
      count = count - 8
      bytes[#bytes + 1] = string.char(math.floor(bits / 2 ^ count))
      bits = bits % 2 ^ count
    end
  end
  return table.concat(bytes)
end

-- --- expectations ----------------------------------------------------------------------------------------------------

local function text_of(value)
  if type(value) == "table" then
    local items = {}
    for i, item in ipairs(value) do items[i] = text_of(item) end
    return table.concat(items, " ")
  end
  if type(value) ~= "number" then return tostring(value) end
  if value % 1 == 0 then return ("%d"):format(value) end
  return ("%.3f"):format(value)
end

local function judge(self, good, name, measured, expected, tolerance)
  self.judged = self.judged + 1
  if not good then self.failed = self.failed + 1 end
  self.write(("%-6s %-58s %12s %12s  %s\n"):format(good and "ok" or "WRONG", name, measured, expected, tolerance))
end

-- A comparison with a number that is none is false, so that nothing measured is never within tolerance.
function lab:expect(name, measured, expected, tolerance)
  local good = math.abs(measured - expected) <= tolerance
  judge(self, good, name, text_of(measured), text_of(expected), ("+-%g"):format(tolerance))
end

-- Half a host is always granted: a share of a finite population cannot be nearer.
function lab:expect_share(name, part, whole, expected, tolerance)
  local points, share = tolerance.pp, expected / 100
  if not points then points = 100 * tolerance.sigma * math.sqrt(share * (1 - share) / whole) end
  local measured = 100 * part / whole
  local good = math.abs(measured - expected) <= points + 50 / whole + 1e-9
  judge(self, good, name, ("%.3f %%"):format(measured), ("%.3f %%"):format(expected),
    tolerance.pp and ("+-%g pp"):format(points) or ("+-%.3f pp (%g sigma)"):format(points, tolerance.sigma))
end

function lab:expect_same(name, measured, expected)
  local got, wanted = text_of(measured), text_of(expected)
  judge(self, got == wanted, name, got, wanted, "exact")
end

function lab:expect_at_least(name, measured, least)
  judge(self, measured >= least, name, text_of(measured), text_of(least), "at least")
end

function lab:say(format, ...)
  self.write("       " .. format:format(...) .. "\n")
end

-- --- running -----------------------------------------------------------------------------------------------------------

local FIELDS = { world = "string", targets = "table", ports = "string", run = "function" }

local function check(given, label)
  if type(given) ~= "table" then return nil, label .. ": an experiment returns a table" end
  for key, value in pairs(given) do
    if type(value) ~= FIELDS[key] then
      return nil, ("%s: '%s' is %s"):format(label, tostring(key), FIELDS[key] and "no " .. FIELDS[key] or "unknown")
    end
  end
  if not given.world or not given.run then return nil, label .. ": an experiment has a 'world' and a function 'run'" end
  for size in pairs(given.targets or {}) do
    if not SIZES[size] then return nil, ("%s: targets are for 'small' and 'full', not '%s'"):format(label, size) end
  end
  return given
end

-- An experiment by name or path, or nil and a sentence.
function experiment.load(root, name, paths)
  local source, message = loader_module.new(root, core.list, paths):source("experiment", name)
  if not source then return nil, message end
  local given, problem = sandbox.run(source.text, source.label)
  if given == nil then return nil, problem or source.label .. ": returns nothing" end
  local checked, why = check(given, source.label)
  return checked, why or loader_module.summary(source)
end

local function failure(raised)
  if type(raised) == "table" then return raised end
  return { sentence = tostring(raised) }
end

-- options: root, paths, size, seed (text), world (instead of its own), write(text). Returns how many expectations were
-- judged and how many of them failed; or nil and { sentence } or { interrupted }.
function experiment.run(given, options)
  local self = setmetatable({
    root = options.root, paths = options.paths, size = options.size, seed = options.seed,
    world = options.world or given.world, targets = (given.targets or {})[options.size], ports = given.ports,
    write = options.write, judged = 0, failed = 0,
  }, lab)
  local ok, raised = xpcall(function() given.run(self) end, failure)
  if not ok then return nil, raised end
  return self.judged, self.failed
end

return experiment
