-- Real servers, scanned four ways: every one named right on every port, nothing invented, nothing left behind. And the
-- products of spec/lab/products.lua: each asked in every way, its handshake finished, and what it says held against what is
-- true. What does not disturb one another runs at the same time, because a scan of a few servers is mostly waiting.
local cjson = require "cjson"
local checks = require "spec.lab.products_checks"
local lab = require "spec.lab.lab"
local products = require "spec.lab.products"

local why_not = lab.unavailable()
if why_not then
  pending("scans real servers (" .. why_not .. ")")
  return
end

local SCAN_SECONDS = 150
local POLICY = "spec/lab/until_named.lua"
-- For one handshake: many a server says nothing to many a question.
local PATIENCE = "3s"
local PATIENCE_ON_A_BAD_WIRE = "4s"

local SOCKET = { name = "the socket transport", wave = 2, arguments = { "--transport", "socket" } }

-- Source ports are divided, so that the capture tells who sent what. The kernel's own are below 61000. What two workers do is
-- done first, then what one does, because an interface has one XDP program.
local ways = {}
for workers = 2, 1, -1 do
  for _, link in ipairs { "ring", "xdp", "pcap" } do
    local from = 61000 + 500 * #ways
    ways[#ways + 1] = {
      name = ("raw over the %s link by %s"):format(link, workers == 2 and "two workers" or "one worker"),
      wave = workers, from = from, to = from + 499,
      arguments = { "--transport", "raw", "--link", link, "--workers", tostring(workers) },
    }
  end
end
ways[#ways + 1] = SOCKET

-- With LAB_ONLY nothing but its products is there to be scanned.
local whole = not products.only
local scanned_by = whole and ways or {}

-- The ring link once more, beside the others.
local function beside(number)
  return { arguments = ways[1].arguments, from = 64000 + 200 * number, to = 64199 + 200 * number }
end

local function write_targets(...)
  local path = lab.path ".targets"
  local file = assert(io.open(path, "w"))
  for _, list in ipairs { ... } do
    for _, endpoint in ipairs(list) do file:write(endpoint.text, "\n") end
  end
  file:close()
  return path
end

-- The arguments of a scan of `what` (a list of arguments) that writes to `out`.
local function scan_arguments(description, way, what, out)
  local arguments = { "scan", "-o", out, "--no-default-blocklist", "--quiet", "--seed", "1" }
  local raw = way.from and { "-i", description.interface, "--source-ports", way.from .. "-" .. way.to } or {}
  for _, words in ipairs { way.arguments, raw, what } do
    for _, word in ipairs(words) do table.insert(arguments, word) end
  end
  return arguments
end

-- The records of a scan, by endpoint; a target with two of them is an error.
local function records_of(path)
  local records = {}
  for line in io.lines(path) do
    local record = cjson.decode(line)
    local text = record.address:find ":" and ("[%s]:%d"):format(record.address, record.port)
      or ("%s:%d"):format(record.address, record.port)
    assert(not records[text], "two records of " .. text)
    records[text] = record
  end
  return records
end

-- Begins a scan of the targets of a file; returns a function that waits for its end and returns the records.
local function begin(description, way, targets, more)
  local out = lab.path ".jsonl"
  local sonde = lab.spawn(scan_arguments(description, way, { "-l", targets, unpack(more) }, out))
  return function()
    local result = sonde:wait(SCAN_SECONDS)
    assert(result.code == 0, ("exit %d: %s"):format(result.code, result.stderr))
    return records_of(out)
  end
end

local function read_json(path)
  local file = assert(io.open(path))
  local value = cjson.decode(file:read "*a")
  file:close()
  return value
end

-- "service at endpoint: what it was taken for", for every server that was not named right.
local function misnamed(servers, records)
  local wrong = {}
  for _, server in ipairs(servers) do
    local record = records[server.text]
    local found = record and ("%s %s"):format(record.verdict, record.service) or "no record"
    if found ~= "service " .. server.service then
      table.insert(wrong, ("%s at %s: %s"):format(server.service, server.text, found))
    end
  end
  return wrong
end

local function verdicts_other_than(verdict, endpoints, records)
  local wrong = {}
  for _, endpoint in ipairs(endpoints) do
    local found = records[endpoint.text] and records[endpoint.text].verdict or "no record"
    if found ~= verdict then table.insert(wrong, endpoint.text .. ": " .. found) end
  end
  return wrong
end

local function texts(segments)
  local found = {}
  for i, one in ipairs(segments) do
    found[i] = ("%s %d > %s %d"):format(one.source, one.source_port, one.destination, one.destination_port)
  end
  return found
end

-- Nothing may be left; what the kernel takes away after a process ended may take it a moment.
local function assert_nothing_left()
  lab.await(function() return #lab.leftovers() == 0 end, 5)
  assert.same({}, lab.leftovers())
end

local function assigned(servers)
  local found = {}
  for _, server in ipairs(servers) do
    if server.assigned then found[#found + 1] = server end
  end
  return found
end

local list = products.chosen(lab.tier)
local FOLDER = "build/lab/products/"

local function endpoints_where(condition)
  local chosen = {}
  for _, product in ipairs(list) do
    for _, one in ipairs(product.endpoints) do
      if condition(one) then chosen[#chosen + 1] = one end
    end
  end
  return chosen
end

-- What the specs below look at: records of each of `ways`, and of what runs beside them.
local found = {}

-- The products first say what they are; then they are asked what they are not, and by who does not know them.
local function scan_products(description)
  local all = write_targets(endpoints_where(function(one) return one.pass == 1 end))
  -- Products that talk to one at a time are left to those who know them.
  local most = endpoints_where(function(one) return one.pass == 1 and not one.single end)
  local handshakes = {}
  for pass = 1, products.PASSES do
    local chosen = endpoints_where(function(one) return one.pass == pass and one.handshake end)
    local policy = ("%shandshakes-%d.lua"):format(FOLDER, pass)
    handshakes[pass] = #chosen > 0
      and begin(description, beside(4 + pass), write_targets(chosen), { "--policy", policy, "--timeout", "8s" })
  end
  return function()
    found.handshakes = {}
    for pass = 1, products.PASSES do found.handshakes[pass] = handshakes[pass] and handshakes[pass]() or {} end
    local asked = begin(description, beside(3), all, { "--policy", FOLDER .. "ways.lua" })
    local unasked = #most > 0 and begin(description, beside(4), write_targets(most), { "--full", "--timeout", PATIENCE })
    return function()
      found.ways, found.unasked = asked(), unasked and unasked() or {}
    end
  end
end

-- Begins the ways of one wave; returns a function that waits for their ends.
local function scan_wave(description, wave)
  local targets = write_targets(description.servers, description.closed, description.dropped)
  local ends = {}
  for _, way in ipairs(scanned_by) do
    if way.wave == wave then
      way.summary_path = lab.path ".json"
      ends[way] = begin(description, way, targets,
        { "--policy", POLICY, "--all", "--retries", "2", "--timeout", PATIENCE, "--summary", way.summary_path })
    end
  end
  return function()
    for way, wait in pairs(ends) do
      way.records = wait()
      way.summary = read_json(way.summary_path)
    end
  end
end

local function scan_everything(description)
  local first = scan_wave(description, 2)
  local lzr = whole
    and begin(description, beside(0), write_targets(assigned(description.servers)), { "--policy", "lzr" })
  local nothing = whole and begin(description, beside(1), write_targets(description.closed, description.dropped),
    { "--policy", POLICY, "--retries", "0" })
  local asked = scan_products(description)
  local unasked = asked()
  first()
  local second = scan_wave(description, 1)
  if whole then found.lzr, found.nothing = lzr(), nothing() end
  second()
  unasked()
end

describe("real servers", function()
  local description

  lazy_setup(function()
    assert(os.execute("test -x " .. lab.program) == 0, lab.program .. " is not there: run make first")
    description = lab.start()
    local capture = lab.capture()
    local ok, why = pcall(scan_everything, description)
    local resets = capture:stop():kernel_resets()
    if not ok then error(why, 0) end
    for _, way in ipairs(scanned_by) do
      way.resets = {}
      for _, one in ipairs(resets) do
        if way.from and one.source_port >= way.from and one.source_port <= way.to then table.insert(way.resets, one) end
      end
    end
  end)
  lazy_teardown(lab.stop)

  for _, way in ipairs(scanned_by) do
    describe("scanned by " .. way.name, function()
      it("are named right, on assigned and on unexpected ports", function()
        assert.same({}, misnamed(description.servers, way.records))
      end)

      it("are told from closed and from dropped ports", function()
        assert.same({}, verdicts_other_than("refused", description.closed, way.records))
        assert.same({}, verdicts_other_than("filtered", description.dropped, way.records))
      end)

      it("are the only ones found", function()
        local named = 0
        for _, record in pairs(way.records) do
          if record.verdict ~= "refused" and record.verdict ~= "filtered" then named = named + 1 end
        end
        assert.equal(#description.servers, named)
      end)

      it("are asked by as many workers as were asked for, over that link", function()
        assert.same({ way.from and way.wave or 1, {} }, { way.summary.workers, way.summary.notes })
      end)

      it("leave no frame unaccounted for", function()
        local counters, dropped = way.summary.counters, 0
        for name, value in pairs(counters) do
          if name:find "^dropped_" and name ~= "dropped_kernel" then dropped = dropped + value end
        end
        assert.equal(counters.frames_received, counters.frames_used + dropped)
      end)

      if way.from then
        it("see no reset from the kernel", function()
          assert.same({}, texts(way.resets))
        end)
      end
    end)
  end

  it("leave nothing behind on the machine", assert_nothing_left)

  if whole then
    it("give closed and dropped ports no record without --all", function()
      assert.same({}, found.nothing)
    end)

    it("are named by the lzr policy on their assigned ports", function()
      assert.same({}, misnamed(assigned(description.servers), found.lzr))
    end)
  end

  for _, product in ipairs(list) do
    describe("product " .. product.name, function()
      local truth

      lazy_setup(function() truth = checks.truth(product) end)

      local function every(check, records_for)
        local wrong = {}
        for _, one in ipairs(product.endpoints) do
          for _, complaint in ipairs(check(one, records_for(one)[one.text], truth)) do wrong[#wrong + 1] = complaint end
        end
        assert.same({}, wrong)
      end

      it("starts", function()
        assert(truth.ready, "not ready:\n" .. checks.log(product))
      end)

      it("tells in its handshake what is true of it", function()
        every(checks.handshake, function(one) return found.handshakes[one.pass] end)
      end)

      it("has its name in every answer, whatever was asked", function()
        every(checks.ways, function() return found.ways end)
      end)

      if not product.single then
        it("is named by who does not know what it is", function()
          every(checks.unasked, function() return found.unasked end)
        end)
      end
    end)
  end

  it("have their versions noted, as far as they were verified", function()
    assert.is_true(checks.note(list, found) > 0)
  end)

  describe("behind a wire that loses one packet in ten", function()
    -- Loss is met above the links: one of them and the kernel's own TCP will do.
    local lossy = whole and { ways[1], SOCKET } or {}

    lazy_setup(function()
      lab.loss(10)
      local ends = {}
      for i, way in ipairs(lossy) do
        ends[i] = begin(description, way, write_targets(description.servers),
          { "--policy", POLICY, "--retries", "6", "--timeout", PATIENCE_ON_A_BAD_WIRE })
      end
      for i, way in ipairs(lossy) do way.lossy_records = ends[i]() end
    end)
    lazy_teardown(function() lab.loss(0) end)

    for _, way in ipairs(lossy) do
      it("are all found by " .. way.name, function()
        assert.same({}, misnamed(description.servers, way.lossy_records))
      end)
    end
  end)

  local function sends(way)
    return function(one)
      local ours = one.source_port < 61000
      if way.from then ours = one.source_port >= way.from and one.source_port <= way.to end
      return ours and one.outgoing and one.syn
    end
  end

  for wave = whole and 2 or 0, 1, -1 do
    it("are rid of scans killed in their middle, by " .. (wave == 2 and "two workers" or "one worker"), function()
      local capture, scans = lab.capture(), {}
      for _, way in ipairs(ways) do
        if way.wave == wave then
          local what = { description.range_v4, "-p", "80", "--rate", "200" }
          scans[way] = lab.spawn(scan_arguments(description, way, what, lab.path ".jsonl"))
        end
      end
      local begun = true
      for way, sonde in pairs(scans) do
        begun = begun and lab.await(function() return not sonde:running() or capture:count(sends(way)) > 5 end, 20)
          and sonde:running()
      end
      local left = lab.leftovers()
      for _, sonde in pairs(scans) do sonde:kill "KILL" end
      for _, sonde in pairs(scans) do sonde:wait(10) end
      capture:stop()
      assert.is_true(begun, "a scan did not get into its middle")
      -- What has to go away was there: the processes themselves at the least.
      assert.is_true(#left > 0)
      assert_nothing_left()
    end)
  end
end)

describe("the lab", function()
  it("leaves nothing behind either", assert_nothing_left)
end)
