local program = require "spec.support.program"

-- Experiments measure populations, not memory: they run the release build where there is one, and one of them the other.
local function exists(path)
  local file = io.open(path)
  return file and file:close()
end

local function experiment(arguments, sonde)
  local words = {}
  for i, argument in ipairs(arguments) do words[i] = program.quoted(argument) end
  local path = sonde or exists "./sonde" and "./sonde" or program.path
  return program.shell(("exec %s experiment %s"):format(program.quoted(path), table.concat(words, " ")))
end

-- The world with one share changed, in a file that use(path) gets.
local function with_planted(world, from, to, use)
  local text, count = program.read("scripts/world/" .. world .. ".lua"):gsub(from, to)
  assert.equal(1, count)
  return program.directory({ ["planted.lua"] = text }, function(directory) return use(directory .. "/planted.lua") end)
end

local NAMES = {
  "acking-firewalls", "cost-of-blocking", "expected-services", "filtered-handshakes", "follow-up", "greetings",
  "handshake-order", "port-11211", "port-27017", "protocol-ports", "response-matrix", "shunning", "telnet-ports", "verdicts",
}

describe("experiment", function()
  for _, name in ipairs(NAMES) do
    it(name .. " measures what the paper found", function()
      local run = experiment { name }
      assert.equal(0, run.status, run.out .. run.err)
      local good, all = run.out:match "(%d+) of (%d+) within tolerance"
      assert.is_true(good == all and tonumber(all) > 0, run.out)
    end)
  end

  it("needs no more than what a checked build forbids", function()
    local run = experiment({ "port-11211" }, program.path)
    assert.equal(0, run.status, run.out .. run.err)
  end)

  -- experiment: world, what is changed in it, and what of the experiment is wrong then.
  local PLANTS = {
    ["acking-firewalls"] = { "acking-firewalls", "firewalls = hosts %* 0%.02", "firewalls = hosts * 0.021",
      "hosts that acknowledge everywhere" },
    ["cost-of-blocking"] = { "protections", 'behaviour = "zero_window"', 'behaviour = "silent"',
      "ours: seconds for a zero window" },
    ["expected-services"] = { "expected-services", "http = 93,", "http = 92,", "port 80: http" },
    ["filtered-handshakes"] = { "filtered-handshakes", "only_get = 0%.27", "only_get = 0.28", "port 8081 answers http only" },
    ["follow-up"] = { "follow-up", "offended = 0%.29", "offended = 0.30", "TLS right after GET fails" },
    greetings = { "greetings", "asks = 0%.72", "asks = 0.70", "greetings of telnet" },
    ["handshake-order"] = { "handshake-order", 'answers%("dns", 3%.4%)', 'answers("dns", 3.6)', "assigned: what dns adds" },
    ["port-11211"] = { "port-11211", "silent = 62", "silent = 63", "SYN%-ACKs per host that acknowledges data" },
    ["port-27017"] = { "port-27017", "= 695, 166,", "= 695, 220,", "RST before acknowledging" },
    ["protocol-ports"] = { "protocol-ports", "http, 80, 3%.0", "http, 80, 2.5", "share of http on port 80" },
    ["response-matrix"] = { "response-matrix", '"amqp", 5672, %.95', '"amqp", 5672, .85', "amqp answers tls" },
    shunning = { "shunning", "shuns_source = 70", "shuns_source = 75", "hosts that shun, and answer a fresh source" },
    ["telnet-ports"] = { "telnet-ports", "%[23%] = 2606", "[23] = 2607", "port 23: hosts with Telnet" },
    verdicts = { "verdicts", 'firewall = { other = "silent" }', 'firewall = { other = "no_ack" }', "confusions without loss" },
  }

  for _, name in ipairs(NAMES) do
    it(name .. " fails where the world is not as expected", function()
      local world, from, to, wrong = unpack(PLANTS[name])
      with_planted(world, from, to, function(path)
        local run = experiment { name, "--world", path }
        assert.equal(1, run.status, run.out .. run.err)
        assert.is_truthy(run.out:find("WRONG +" .. wrong), run.out)
      end)
    end)
  end

  it("measures the same with the same seed", function()
    local function measure(seed)
      return experiment({ "greetings", "--seed", seed }).out:gsub(", [%d.]+ s\n", "\n")
    end
    local first = measure "7"
    assert.equal(first, measure "7")
    assert.not_equal(first, measure "8")
  end)

  it("says what is wrong with a script", function()
    local function refused(text, script)
      program.directory({ ["mine.lua"] = script }, function(directory)
        local run = experiment { directory .. "/mine.lua" }
        assert.equal(2, run.status, run.out .. run.err)
        assert.is_truthy(run.err:find(text, 1, true), run.err)
      end)
    end
    refused("an experiment returns a table", "return 1")
    refused("has a 'world' and a function 'run'", "return { world = 'verdicts' }")
    refused("'seed' is unknown", "return { world = 'verdicts', run = function() end, seed = 1 }")
    refused("expects nothing", "return { world = 'verdicts', run = function() end }")
    refused("no world 'nowhere'", "return { world = 'nowhere', run = function(lab) lab:scan {} end }")
    refused("mine.lua:1: scan has no option 'polcy'",
      "return { world = 'verdicts', run = function(lab) lab:scan { polcy = 'lzr' } end }")
    refused("mine.lua:1: attempt to call", "return { world = 'verdicts', run = function(lab) lab.nothing() end }")
    refused("no policy 'none'", "return { world = 'verdicts', run = function(lab) lab:scan { policy = 'none' } end }")
  end)

  it("ends where a world's server fails, and says how", function()
    program.directory({
      ["w.lua"] = [[return { ports = "80", networks = { { prefix = "10.0.0.0/30", density = 1, hosts = { a = 1 } } },
        kinds = { a = { { service = "broken", ports = 80 } } } }]],
      ["servers/broken.lua"] = "return { serve = function(conn) conn:nothing() end }",
      ["mine.lua"] = [[return { world = "verdicts", targets = { small = { "10.0.0.0/30" } }, run = function(lab)
        lab:scan {}
        lab:expect_same("one", 1, 1)
      end }]],
    }, function(directory)
      local run = experiment { directory .. "/mine.lua", "--world", directory .. "/w.lua" }
      assert.equal(2, run.status, run.out .. run.err)
      assert.is_truthy(run.err:find("servers of the world failed: servers/broken.lua:1: ", 1, true), run.err)
    end)
  end)

  it("can be a file of a few lines", function()
    local script = [[-- How many of the hosts in this world speak HTTP.
      return { world = "expected-services", ports = "80", targets = { small = { "10.1.0.0/24" } }, run = function(lab)
        local services = lab:tally()
        lab:scan { policy = "lzr", each = function(record) services:add(record.service or "none") end }
        lab:expect_at_least("hosts with HTTP", services:get "http", 50)
      end }
    ]]
    program.directory({ ["mine.lua"] = script }, function(directory)
      local run = experiment { directory .. "/mine.lua" }
      assert.equal(0, run.status, run.out .. run.err)
      assert.is_truthy(run.out:find "ok +hosts with HTTP", run.out)
    end)
  end)
end)
