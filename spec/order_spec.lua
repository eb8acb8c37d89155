-- sonde order: the greedy order, worked out by hand, and whole runs of the program.
local cjson = require "cjson"
local order = require "sonde.order"
local program = require "spec.support.program"

local BEHAVIOURS = "spec/worlds/behaviours.lua"

-- A recording of targets: each { port, expected, { handshake = service or false, ... } }. costs: handshake = { sends,
-- packets, seconds }.
local function recording(targets, costs)
  local lines = { '{"recording":1,"seed":"1"}' }
  for i, target in ipairs(targets) do
    local handshakes = {}
    for name, service in pairs(target[3]) do
      local cost = costs and costs[name] or { name == "wait" and 0 or 1, 2, 1 }
      local events = {}
      for _ = 1, cost[1] do events[#events + 1] = { "sent", 1, 0 } end
      events[#events + 1] = { "end", cost[1], cost[3] * 1e9 }
      handshakes[#handshakes + 1] = { handshake = name, service = service or nil, packets = cost[2], events = events }
    end
    lines[#lines + 1] = cjson.encode {
      address = "192.0.2." .. i, port = target[1], expected = target[2] or nil, handshakes = handshakes,
    }
  end
  return lines
end

local function read(lines, options)
  local i = 1
  return order.read(function() i = i + 1 return lines[i] end, options or {})
end

local function steps(data, cost)
  local list = {}
  for i, step in ipairs(order.greedy(data, cost or "messages")) do
    list[i] = ("%s %g %g"):format(step.handshake, step.gain, step.coverage)
  end
  return table.concat(list, ", ")
end

-- 10 targets: 4 are tls (3 of them speak when asked in TLS only), 3 http, 2 ssh (heard by all), 1 dns.
local function ten()
  local targets = {}
  local function add(count, port, expected, answers)
    for _ = 1, count do targets[#targets + 1] = { port, expected, answers } end
  end
  add(4, 443, "tls", { wait = false, tls = "tls", http = false, dns = false })
  add(3, 8000, "http", { wait = false, tls = false, http = "http", dns = false })
  add(2, 8000, "http", { wait = "ssh", tls = "ssh", http = "ssh", dns = "ssh" })
  add(1, 53, "dns", { wait = false, tls = false, http = false, dns = "dns" })
  add(5, 80, "http", { wait = false, tls = false, http = false, dns = false })
  return targets
end

describe("the greedy order", function()
  it("takes what costs nothing first, then what adds most", function()
    assert.equal("wait 20 20, tls 40 60, http 30 90, dns 10 100", steps(read(recording(ten()))))
  end)

  it("takes what adds most first where nothing costs", function()
    assert.equal("tls 60 60, http 30 90, dns 10 100", steps(read(recording(ten())), "none"))
  end)

  it("draws the curve of coverage over the number of protocols", function()
    local text = order.text { cost = "none", targets = 4, steps = {
      { handshake = "tls", found = 3, gain = 75, coverage = 75, cost = 1 },
      { handshake = "dns", found = 1, gain = 25, coverage = 100, cost = 1 },
    } }
    assert.truthy(text:find("\n1 .* " .. ("#"):rep(30) .. "\n2 .* " .. ("#"):rep(40) .. "\n4 targets"), text)
  end)

  it("weighs packets and time", function()
    local costs = { wait = { 0, 2, 5 }, tls = { 1, 9, 0.2 }, http = { 1, 2, 0.1 }, dns = { 1, 2, 4 } }
    local data = read(recording(ten(), costs))
    assert.equal("http 50 50, dns 10 60, tls 40 100", steps(data, "packets"))
    assert.equal("http 50 50, tls 40 90, dns 10 100", steps(data, "time"))
  end)

  it("is of some ports only, where told so", function()
    local data = read(recording(ten()), { port = function(port) return port == 8000 end })
    assert.equal(5, data.targets)
    assert.equal("wait 40 40, http 60 100", steps(data))
  end)

  it("leaves out what is expected on its port", function()
    local data = read(recording(ten()), { exclude_expected = true })
    assert.equal("wait 100 100", steps(data))
    assert.equal(2, data.targets)
  end)

  it("takes of handshakes that add as much the one that finds what it asks for", function()
    local targets = { { 80, "http", { couchdb = "http", http = "http", wait = false } } }
    assert.equal("http 100 100", steps(read(recording(targets))))
  end)

  it("does not take for a handshake what only waits", function()
    local targets = { { 22, "ssh", { ssh = "ssh", wait = "ssh" } } }
    assert.equal("wait 100 100", steps(read(recording(targets, { ssh = { 0, 2, 1 }, wait = { 0, 2, 1 } }))))
  end)
end)

describe("sonde order", function()
  it("orders a recording as it does the world, in a table, in JSON and as a policy that works", function()
    program.directory({}, function(directory)
      local path, policy = directory .. "/recording", directory .. "/best.lua"
      program.scan(BEHAVIOURS, { "--policy", "exhaustive", "--record", path, "--rate", "0" })
      local run = program.run { "order", path, "--json", directory .. "/order.json", "--write", policy }
      assert.equal(0, run.status, run.err)
      local result = cjson.decode(program.read(directory .. "/order.json"))
      assert.equal("wait", result.steps[1].handshake)
      local last = 0
      for _, step in ipairs(result.steps) do
        assert.is_true(step.coverage > last)
        assert.truthy(run.out:find(step.handshake, 1, true))
        last = step.coverage
      end
      assert.is_true(math.abs(last - 100) < 1e-9)
      local world = program.run { "order", "--world", BEHAVIOURS }
      assert.equal(run.out, world.out)

      local _, found = program.scan(BEHAVIOURS, { "--policy", policy })
      assert.equal("service", found["198.18.2.1:80"].verdict)
      assert.truthy(found["198.18.2.1:80"].attempts[1].why:find("place 1", 1, true))
      local compared = program.run { "compare", "--policy", "lzr", "--policy", policy, "--recording", path }
      assert.equal(0, compared.status, compared.err)
    end)
  end)

  it("writes a policy that asks for the expected protocol first, where that was left out", function()
    local text = order.policy {
      steps = { { handshake = "tls", coverage = 90 } }, cost = "packets", targets = 7, exclude_expected = true,
    }
    local tried = {}
    local policy = assert(loadstring(text))()
    local target = { expected = "redis" }
    function target.try(_, name)
      tried[#tried + 1] = name
      return { opened = true, outcome = "timeout" }
    end
    policy(target)
    assert.same({ "redis", "tls" }, tried)
  end)

  it("says what is wrong", function()
    program.directory({ ["no.jsonl"] = "{}\n", ["damaged.jsonl"] = '{"recording":1,"seed":"1"}\n{\n' }, function(directory)
      for _, arguments in ipairs {
        { "order" }, { "order", "x", "--world", "demo" }, { "order", "/nowhere" }, { "order", directory .. "/no.jsonl" },
        { "order", directory .. "/damaged.jsonl" }, { "order", "--world", "nothing" },
        { "order", "--world", BEHAVIOURS, "--cost", "love" }, { "order", directory .. "/no.jsonl", "--ports", "80-70" },
      } do
        local run = program.run(arguments)
        assert.equal(2, run.status, table.concat(arguments, " ") .. run.out)
        assert.truthy(run.err:find "^sonde: ", run.err)
      end
    end)
  end)
end)
