-- Real servers, scanned four ways: every one named right on every port, nothing invented, nothing left behind.
local cjson = require "cjson"
local lab = require "spec.lab.lab"

local why_not = lab.unavailable()
if why_not then
  pending("scans real servers (" .. why_not .. ")")
  return
end

local SCAN_SECONDS = 150
local POLICY = "spec/lab/until_named.lua"
-- For one handshake: many a server says nothing to many a question.
local PATIENCE = "2s"
local PATIENCE_ON_A_BAD_WIRE = "4s"

local ways = {
  { name = "raw over the ring link", arguments = { "--transport", "raw", "--link", "ring" }, raw = true },
  { name = "raw over the xdp link", arguments = { "--transport", "raw", "--link", "xdp" }, raw = true },
  { name = "raw over the pcap link", arguments = { "--transport", "raw", "--link", "pcap" }, raw = true },
  { name = "the socket transport", arguments = { "--transport", "socket" } },
}

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
  local interface = way.raw and { "-i", description.interface } or {}
  for _, words in ipairs { way.arguments, interface, what } do
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

-- Scans the targets of a file and returns the records.
local function scan(description, way, targets, more)
  local out = lab.path ".jsonl"
  local result = lab.run(scan_arguments(description, way, { "-l", targets, unpack(more) }, out), SCAN_SECONDS)
  assert(result.code == 0, ("exit %d: %s"):format(result.code, result.stderr))
  return records_of(out)
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

describe("real servers", function()
  local description

  lazy_setup(function()
    assert(os.execute("test -x " .. lab.program) == 0, lab.program .. " is not there: run make first")
    description = lab.start()
  end)
  lazy_teardown(lab.stop)

  for _, way in ipairs(ways) do
    describe("scanned by " .. way.name, function()
      local records, resets, summary

      lazy_setup(function()
        local targets = write_targets(description.servers, description.closed, description.dropped)
        local summary_path = lab.path ".json"
        local capture = lab.capture()
        local ok, result = pcall(scan, description, way, targets,
          { "--policy", POLICY, "--all", "--retries", "2", "--timeout", PATIENCE, "--summary", summary_path })
        resets = capture:stop():kernel_resets()
        if not ok then error(result, 0) end
        records = result
        local file = assert(io.open(summary_path))
        summary = cjson.decode(file:read "*a")
        file:close()
      end)

      it("are named right, on assigned and on unexpected ports", function()
        assert.same({}, misnamed(description.servers, records))
      end)

      it("are told from closed and from dropped ports", function()
        assert.same({}, verdicts_other_than("refused", description.closed, records))
        assert.same({}, verdicts_other_than("filtered", description.dropped, records))
      end)

      it("are the only ones found", function()
        local named = 0
        for _, record in pairs(records) do
          if record.verdict ~= "refused" and record.verdict ~= "filtered" then named = named + 1 end
        end
        assert.equal(#description.servers, named)
      end)

      it("leave no frame unaccounted for", function()
        local counters, dropped = summary.counters, 0
        for name, value in pairs(counters) do
          if name:find "^dropped_" and name ~= "dropped_kernel" then dropped = dropped + value end
        end
        assert.equal(counters.frames_received, counters.frames_used + dropped)
      end)

      if way.raw then
        it("see no reset from the kernel", function()
          assert.same({}, texts(resets))
        end)
      end

      it("leave nothing behind on the machine", assert_nothing_left)
    end)
  end

  it("give closed and dropped ports no record without --all", function()
    local targets = write_targets(description.closed, description.dropped)
    assert.same({}, scan(description, ways[1], targets, { "--policy", POLICY, "--retries", "0" }))
  end)

  it("are named by the lzr policy on their assigned ports", function()
    local assigned = {}
    for _, server in ipairs(description.servers) do
      if server.assigned then assigned[#assigned + 1] = server end
    end
    local records = scan(description, ways[1], write_targets(assigned), { "--policy", "lzr" })
    assert.same({}, misnamed(assigned, records))
  end)

  describe("behind a wire that loses one packet in ten", function()
    lazy_setup(function() lab.loss(10) end)
    lazy_teardown(function() lab.loss(0) end)

    -- Loss is met above the links: one of them and the kernel's own TCP will do.
    for _, way in ipairs { ways[1], ways[#ways] } do
      it("are all found by " .. way.name, function()
        local targets = write_targets(description.servers)
        local records = scan(description, way, targets,
          { "--policy", POLICY, "--retries", "6", "--timeout", PATIENCE_ON_A_BAD_WIRE })
        assert.same({}, misnamed(description.servers, records))
      end)
    end
  end)

  for _, way in ipairs(ways) do
    it("are rid of a scan killed in the middle, by " .. way.name, function()
      local out = lab.path ".jsonl"
      local what = { description.range_v4, "-p", "80", "--rate", "200" }
      local capture = lab.capture()
      local sonde = lab.spawn(scan_arguments(description, way, what, out))
      local begun = lab.await(function()
        return not sonde:running() or capture:count(function(one) return one.outgoing and one.syn end) > 20
      end, 20)
      local running, left = sonde:running(), lab.leftovers()
      sonde:kill "KILL"
      sonde:wait(10)
      capture:stop()
      assert.is_true(begun and running, "the scan did not get into its middle")
      -- What has to go away was there: the process itself at the least.
      assert.is_true(#left > 0)
      assert_nothing_left()
    end)
  end
end)

describe("the lab", function()
  it("leaves nothing behind either", function()
    lab.start()
    lab.stop()
    assert_nothing_left()
  end)
end)
