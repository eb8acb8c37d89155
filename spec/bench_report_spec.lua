-- What the bench makes of its figures, on a result that is written here, and the page that was made of the last full run.
local cjson = require "cjson"
local figures = require "spec.bench.figures"
local goals = require "spec.bench.goals"
local tables = require "spec.bench.tables"

local function runs(key, ...)
  local list = {}
  for i, value in ipairs { ... } do list[i] = { [key] = value } end
  return list
end

local function bench(contenders, failed)
  return { title = "A bench", unit = "SYN", runs = contenders, failed = failed or {} }
end

local function send(ring, zmap, masscan, ceiling)
  return { benches = { ["send-split"] = bench {
    ["sonde ring"] = runs("rate", unpack(ring)), zmap = runs("rate", unpack(zmap)), masscan = runs("rate", unpack(masscan)),
    ["ceiling TX ring"] = runs("rate", unpack(ceiling)),
  } } }
end

-- The check of a goal whose text has these words.
local function find(result, key, words)
  for _, goal in ipairs(goals.of(result)) do
    for _, one in ipairs(goal.checks) do
      if goal.key == key and one.text:find(words, 1, true) then return one end
    end
  end
  error("no check " .. words)
end

local function read(path)
  local file = io.open(path)
  local text = file and file:read "*a"
  if file then file:close() end
  return text
end

describe("the bench's figures", function()
  it("are the median of an odd and of an even number of runs, with the smallest and the largest", function()
    assert.same({ median = 3, least = 1, most = 9 }, figures.spread { 9, 1, 3 })
    assert.same({ median = 2.5, least = 1, most = 9 }, figures.spread { 9, 2, 1, 3 })
    assert.is_nil(figures.spread {})
  end)

  it("leave the runs in their order", function()
    local values = { 3, 1, 2 }
    figures.spread(values)
    assert.same({ 3, 1, 2 }, values)
  end)

  it("are missing where a contender was not measured", function()
    local result = send({ 1 }, { 1 }, {}, { 1 })
    assert.is_nil(figures.median(result, "send-split", "masscan", "rate"))
    assert.is_nil(figures.median(result, "send-split", "nobody", "rate"))
    assert.is_nil(figures.median(result, "no bench", "zmap", "rate"))
    assert.is_nil(figures.ratio(1, nil))
    assert.is_nil(figures.ratio(1, 0))
  end)

  it("come in one order: by number, then by name", function()
    local order = { "1000 open" }
    for letter in ("abcdefgh"):gmatch "." do order[#order + 1] = "9000 open, " .. letter end
    order[#order + 1] = "10000 open"
    local contenders = {}
    for _, name in ipairs(order) do contenders[name] = {} end
    assert.same(order, figures.contenders(bench(contenders), {}))
  end)
end)

describe("a goal of the bench", function()
  it("is held against the faster peer's median", function()
    local result = send({ 150, 90, 160 }, { 100, 300, 99 }, { 60, 50, 70 }, { 200, 170, 100 })
    local peers = find(result, "ring", "times the faster of zmap and masscan, sink")
    assert.equal(1.5, peers.value)
    assert.equal("reached", goals.judge(peers))
    local ceiling = find(result, "ring", "of the bare TX ring, sink")
    assert.near(150 / 170, ceiling.value, 1e-9)
    assert.equal("reached", tables.verdict(ceiling))
  end)

  it("is missed by the share it is off", function()
    local peers = find(send({ 120 }, { 100 }, { 80 }, { 150 }), "ring", "times the faster of zmap and masscan, sink")
    assert.equal("missed", goals.judge(peers))
    assert.equal("missed by 20.0%", tables.verdict(peers))
  end)

  it("is not measured where a contender is missing, and not reached for that", function()
    local result = send({ 120 }, {}, {}, { 150 })
    assert.equal("not measured", tables.verdict(find(result, "ring", "times the faster of zmap and masscan, sink")))
    assert.equal("not measured", tables.verdict(find(result, "ring", "one core for both")))
  end)

  it("looks at the worst run where every one has to hold", function()
    local name = "sonde ring --syn-only"
    local result = { benches = { syn = bench { [name] = {
      { found = 131072, repeated = 0 }, { found = 131071, repeated = 0 }, { found = 131072, repeated = 2 },
    } } } }
    local found, repeated = find(result, "syn", name .. ": hosts found in"), find(result, "syn", name .. ": hosts found more")
    assert.equal(131071, found.value)
    assert.equal("missed", goals.judge(found))
    assert.equal(2, repeated.value)
    assert.equal("missed by 2", tables.verdict(repeated))
  end)

  it("counts a rate that was not kept in points of percent", function()
    local result = { benches = { rate = bench { ["sonde ring"] = {
      { least = -0.001, most = 0.004 }, { least = -0.05, most = 0.002 }, { least = -0.01, most = 0.003 },
    } } } }
    local slowest = find(result, "rate", "sonde ring: percent off, the slowest")
    local fastest = find(result, "rate", "sonde ring: percent off, the fastest")
    assert.near(-5, slowest.value, 1e-9)
    assert.equal("missed by 3.00", tables.verdict(slowest))
    assert.near(0.4, fastest.value, 1e-9)
    assert.equal("reached", tables.verdict(fastest))
  end)

  it("compares the dearest with the cheapest of four sizes, and only where all four are there", function()
    local contenders = {}
    for size, cost in pairs { ["1000 open"] = 10, ["10000 open"] = 12, ["100000 open"] = 11 } do
      contenders[size] = runs("cpu_us", cost)
    end
    assert.is_nil(find({ benches = { open = bench(contenders) } }, "memory", "the dearest").value)
    contenders["1000000 open"] = runs("cpu_us", 13)
    assert.near(1.3, find({ benches = { open = bench(contenders) } }, "memory", "the dearest").value, 1e-9)
  end)
end)

describe("the bench's tables", function()
  it("are aligned Markdown with thousands set apart", function()
    local text = tables.bench(send({ 1234567, 1000000, 2000000 }, { 500000 }, { 400000 }, { 1500000 }), "send-split")
    local widths = {}
    for line in text:gmatch "[^\n]+" do widths[#line] = true end
    assert.is_nil(next(widths, next(widths)), text)
    assert.truthy(text:find("1,234,567 (1,000,000 to 2,000,000)", 1, true))
    assert.truthy(text:find("| zmap ", 1, true))
    assert.truthy(text:find("2.47", 1, true), "times the faster peer")
  end)

  it("say why a contender failed, and keep the runs before that", function()
    local failed = { zmap = "status 1", masscan = "late" }
    local text = tables.bench({ benches = { syn = bench({ zmap = {}, masscan = runs("rate", 7, 8) }, failed) } }, "syn")
    assert.truthy(text:find("zmap failed in run 1: status 1", 1, true))
    assert.truthy(text:find("masscan failed in run 3: late", 1, true))
    assert.truthy(text:find("8 (7 to 8)", 1, true))
    assert.falsy(text:find("| zmap", 1, true))
  end)
end)

describe("the windows of a second", function()
  -- What python3 prints for deviations() over 3.5 s of 10 packets a slot, changed by `change`.
  local function deviations(change, disturbed)
    local pipe = io.popen(("python3 -B - 2>&1 <<'END'\nimport sys\nsys.path.insert(0, 'spec/bench')\nimport windows\n"
      .. "slots = {str(slot): 10 for slot in range(100, 450)}\n%s\n"
      .. "print('%%.3f %%.3f' %% windows.deviations(slots, 1.0, 4.5, 1000, %s))\nEND"):format(change, disturbed or "[]"))
    local text = pipe:read "*a"
    pipe:close()
    return text
  end

  it("are off by nothing where every slot has its packets", function()
    assert.equal("0.000 0.000\n", deviations "")
  end)

  it("show a slot without packets, and one with twice as many", function()
    assert.equal("-0.010 0.000\n", deviations "del slots['200']")
    assert.equal("0.000 0.010\n", deviations "slots['200'] = 20")
  end)

  it("forgive a pause, but not what catches up with it", function()
    local pause = "for slot in range(250, 280): slots[str(slot)] = 0"
    assert.equal("-0.300 0.000\n", deviations(pause))
    assert.equal("0.000 0.000\n", deviations(pause, "[(2.5, 2.8)]"))
    assert.equal("0.000 0.050\n", deviations(pause .. "\nslots['300'] = 60", "[(2.5, 2.8)]"))
  end)

  it("need a second without a disturbance", function()
    assert.truthy(deviations("", "[(1.0, 4.5)]"):find("no second without a disturbance", 1, true))
  end)
end)

describe("docs/performance.md", function()
  it("is what the committed result says", function()
    local json = assert(read "docs/performance.json", "there is no docs/performance.json")
    local result = cjson.decode(json)
    assert.equal(require("spec.bench.document").text(result), read "docs/performance.md",
      "run: luajit spec/bench/report.lua docs/performance.json docs/performance.svg docs/performance.md")
    assert.equal(require("spec.bench.plot").svg(result), read "docs/performance.svg")
  end)
end)
