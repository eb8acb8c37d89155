-- sonde compare: its numbers, worked out by hand where that can be done, and whole runs of the program.
local cjson = require "cjson"
local comparison = require "sonde.comparison"
local program = require "spec.support.program"

local BEHAVIOURS = "spec/worlds/behaviours.lua"

-- A run in which these targets had these services (false: none).
local function run_of(services, counters, seconds)
  local run = comparison.new_run()
  for i = 1, #services do
    run:add(cjson.encode {
      address = "192.0.2." .. i, port = 80, verdict = services[i] and "service" or "silent",
      service = services[i] or nil, seconds = seconds and seconds[i] or i,
    })
  end
  run.counters = { connections = 0, connect_failures = 0, frames_sent = 0, bytes_sent = 0 }
  for key, value in pairs(counters or {}) do run.counters[key] = value end
  return run
end

describe("the measures of a policy", function()
  it("count found, missed and wrong against what most policies say", function()
    local runs = { run_of { "ssh", "http", false }, run_of { "ssh", "tls", "ftp" }, run_of { false, "tls", "ftp" } }
    local round = comparison.judge(runs, comparison.union(runs))
    assert.same({ 1, 1, 1 }, { round[1].found, round[1].missed, round[1].wrong })
    assert.same({ 3, 0, 0 }, { round[2].found, round[2].missed, round[2].wrong })
    assert.same({ 2, 1, 0 }, { round[3].found, round[3].missed, round[3].wrong })
  end)

  it("take an earlier policy's word where as many say one thing as another", function()
    local runs = { run_of { "http" }, run_of { "tls" } }
    local round = comparison.judge(runs, comparison.union(runs))
    assert.same({ 1, 0 }, { round[1].found, round[1].wrong })
    assert.same({ 0, 1 }, { round[2].found, round[2].wrong })
  end)

  it("count against every name that a recording has for a target", function()
    local lines = {
      '{"recording":1,"seed":"1"}',
      '{"address":"192.0.2.1","port":80,"handshakes":[{"handshake":"tls","service":"tls"},'
        .. '{"handshake":"http","service":"http"}]}',
      '{"address":"192.0.2.2","port":80,"handshakes":[{"handshake":"tls","outcome":"timeout"}]}',
      '{"address":"192.0.2.3","port":80,"handshakes":[{"handshake":"wait","service":"ssh"}]}',
    }
    local i = 1
    local truth = comparison.recorded(function() i = i + 1 return lines[i] end)
    local round = comparison.judge({ run_of { "http", "ftp", false } }, truth)
    assert.same({ 1, 1, 1 }, { round[1].found, round[1].missed, round[1].wrong })
  end)

  it("are per target and per service, and of the time in percentiles", function()
    local seconds = {}
    local services = {}
    for i = 1, 200 do seconds[i], services[i] = 201 - i, i <= 50 and "ssh" or false end
    local counters = { connections = 300, connect_failures = 100, frames_sent = 1000, bytes_sent = 5e4 }
    local runs = { run_of(services, counters, seconds) }
    local measures = comparison.judge(runs, comparison.union(runs))[1]
    assert.equal(2, measures.connections_per_target)
    assert.equal(8, measures.connections_per_service)
    assert.equal(5, measures.packets_per_target)
    assert.equal(250, measures.bytes_per_target)
    assert.equal(100, measures.seconds_median)
    assert.equal(198, measures.seconds_p99)
    assert.equal(100.5, measures.seconds_mean)
  end)

  it("leave out targets that did not answer", function()
    local run = comparison.new_run()
    run:add '{"address":"192.0.2.1","port":80,"verdict":"filtered"}'
    run:add '{"address":"192.0.2.1","port":81,"verdict":"refused"}'
    assert.equal(0, run.targets)
  end)
end)

describe("the differences between policies", function()
  local function rounds_of(values)
    local rounds = {}
    for i, pair in ipairs(values) do
      rounds[i] = {}
      for p, value in ipairs(pair) do
        rounds[i][p] = setmetatable({}, { __index = function() return value end })
      end
    end
    return rounds
  end

  it("are taken within each round, with Student's interval", function()
    local result = comparison.summarize({ "a", "b" }, rounds_of { { 10, 11 }, { 20, 22 }, { 30, 33 } })
    local found = result.policies[2].measures.found
    assert.equal(22, found.mean)
    assert.equal(2, found.difference.mean)
    assert.is_true(math.abs(found.difference.interval - 4.303 / math.sqrt(3)) < 1e-9)
    assert.is_nil(result.policies[1].measures.found.difference)
  end)

  it("have no interval where there is one round only", function()
    local result = comparison.summarize({ "a", "b" }, rounds_of { { 10, 11 } })
    assert.is_nil(result.policies[2].measures.found.difference.interval)
    result.meaning = "meant so"
    assert.truthy(comparison.text(result):find("no interval", 1, true))
    assert.truthy(comparison.text(result):find("%+1%.0 %(%+10%.0%%%)"))
  end)
end)

describe("sonde compare", function()
  local function compare(arguments)
    local all = { "compare" }
    for _, argument in ipairs(arguments) do all[#all + 1] = argument end
    return program.run(all)
  end

  -- What lzr and sonde measure in a world, and what is printed.
  local function measured(world, more)
    return program.directory({}, function(directory)
      local arguments = { "--policy", "lzr", "--policy", "sonde", "--world", world, "--seeds", "1", "--json",
        directory .. "/out.json" }
      for _, argument in ipairs(more) do arguments[#arguments + 1] = argument end
      local run = compare(arguments)
      assert.equal(0, run.status, run.err)
      local result = cjson.decode(program.read(directory .. "/out.json"))
      return result.policies[1].measures, result.policies[2].measures, world .. "\n" .. run.out
    end)
  end

  local COSTS = { "connections_per_target", "packets_per_target", "bytes_per_target", "seconds_mean", "seconds_p99" }

  it("shows the sonde policy ahead of lzr in connections, packets, bytes and time, missing nothing", function()
    for world, targets in pairs { [BEHAVIOURS] = "100", demo = "6000" } do
      local lzr, ours, out = measured(world, { "--max-targets", targets })
      assert.is_true(ours.found.mean >= lzr.found.mean, out)
      assert.equal(0, ours.wrong.mean, out)
      for _, key in ipairs(COSTS) do assert.is_true(ours[key].mean < lzr[key].mean, key .. " " .. out) end
      assert.is_true(ours.seconds_median.mean <= lzr.seconds_median.mean + 0.01, out)
    end
  end)

  -- Worlds in which the first question is always the right one: one connection, and one SYN, one question and one RST on it, are
  -- the least there is.
  local FLOOR = { ["follow-up"] = true, greetings = true, shunning = true }
  local function networks(format, count)
    local words = {}
    for i = 1, count do
      words[2 * i - 1], words[2 * i] = "--target", format:format(i)
    end
    return words
  end
  local PLACES = {
    ["response-matrix"] = networks("10.%d.0.0/28", 28), greetings = networks("10.%d.0.0/28", 16),
    ["protocol-ports"] = { "--target", "10.64.0.0/24", "--ports", "23,80,81,443,5672,7547,8443" },
  }

  it("shows it ahead in every world, and never behind", function()
    local pipe = io.popen "ls scripts/world/*.lua"
    for path in pipe:lines() do
      local world = path:match "([^/]+)%.lua$"
      local lzr, ours, out = measured(world, PLACES[world] or { "--max-targets", "300" })
      assert.is_true(ours.found.mean >= lzr.found.mean and lzr.found.mean > 0, out)
      assert.is_true(ours.wrong.mean <= lzr.wrong.mean, out)
      for _, key in ipairs(COSTS) do
        assert.is_true(ours[key].mean <= lzr[key].mean, key .. " " .. out)
        if key ~= "seconds_p99" then assert.equal(not FLOOR[world], ours[key].mean < lzr[key].mean, key .. " " .. out) end
      end
      if FLOOR[world] then assert.equal(1, lzr.connections_per_target.mean, out) end
    end
    pipe:close()
  end)

  it("takes a world's own ports for targets that name none", function()
    local lzr = measured("port-11211", { "--target", "10.0.0.0/24" })
    assert.is_true(lzr.targets.mean > 200)
  end)

  it("says the same of a policy as of itself", function()
    local run = compare { "--policy", "lzr", "--policy", "lzr", "--world", BEHAVIOURS, "--seeds", "2" }
    assert.equal(0, run.status, run.err)
    for line in run.out:gmatch "[^\n]+" do
      if line:find "^services" or line:find "^packets" then assert.truthy(line:find "=$", line) end
    end
  end)

  it("prints the same for the same seeds", function()
    local one = compare { "--policy", "lzr", "--policy", "sonde", "--world", BEHAVIOURS, "--seeds", "2" }
    local two = compare { "--policy", "lzr", "--policy", "sonde", "--world", BEHAVIOURS, "--seeds", "2" }
    assert.equal(one.out, two.out)
    assert.truthy(one.out:find("over 2 seeds", 1, true))
    assert.truthy(one.out:find("all the policies found together", 1, true))
  end)

  it("runs on a recording as in the world that was recorded", function()
    program.directory({}, function(directory)
      local path = directory .. "/recording"
      program.scan(BEHAVIOURS, { "--policy", "exhaustive", "--record", path, "--rate", "0" })
      local run = compare { "--policy", "lzr", "--policy", "sonde", "--recording", path, "--json", directory .. "/out.json" }
      assert.equal(0, run.status, run.err)
      local result = cjson.decode(program.read(directory .. "/out.json"))
      assert.equal(1, result.rounds)
      assert.equal(path, result.recording)
      for _, one in ipairs(result.policies) do assert.equal(0, one.measures.wrong.mean, run.out) end
      assert.is_true(result.policies[2].measures.connections_per_target.mean
        < result.policies[1].measures.connections_per_target.mean)
    end)
  end)

  it("does not compare a policy that fails", function()
    program.directory({ ["bad.lua"] = "return function(target) target.try() end" }, function(directory)
      local run = compare { "--policy", "lzr", "--policy", directory .. "/bad.lua", "--world", BEHAVIOURS, "--seeds", "1" }
      assert.equal(1, run.status)
      assert.truthy(run.err:find("script error", 1, true), run.err)
    end)
  end)

  it("says what is missing", function()
    for _, arguments in ipairs {
      { "--policy", "lzr", "--world", "demo" }, { "--policy", "lzr", "--policy", "sonde" },
      { "--policy", "lzr", "--policy", "sonde", "--world", "demo", "--recording", "x" },
      { "--policy", "lzr", "--policy", "nothing", "--world", BEHAVIOURS },
      { "--policy", "lzr", "--policy", "sonde", "--recording", "/nowhere" },
      { "--policy", "lzr", "--policy", "sonde", "--world", "demo", "--seeds", "0" },
    } do
      local run = compare(arguments)
      assert.equal(2, run.status, table.concat(arguments, " "))
      assert.truthy(run.err:find "^sonde: ", run.err)
    end
  end)
end)
