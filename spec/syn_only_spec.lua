-- Scans that end with the SYN-ACK (--syn-only), run by the program in a simulated Internet.
local cjson = require "cjson"
local program = require "spec.support.program"

-- The records of a scan, and its summary.
local function scan(...)
  local arguments = { "--max-targets", "20000", ... }
  return program.directory({ summary = "" }, function(directory)
    arguments[#arguments + 1] = "--summary"
    arguments[#arguments + 1] = directory .. "/summary"
    local records = program.scan("demo", arguments)
    return records, cjson.decode(program.read(directory .. "/summary"))
  end)
end

-- "address:port" -> record; no target twice.
local function by_target(records)
  local found = {}
  for _, record in ipairs(records) do
    local name = record.address .. ":" .. record.port
    assert.is_nil(found[name], name)
    found[name] = record
  end
  return found
end

describe("a scan for SYN-ACKs alone", function()
  it("finds what a scan with handshakes finds, with the same SYN-ACKs, and asks nothing", function()
    local records, summary = scan("--syn-only")
    local plain, asked = by_target(records), by_target((scan("--policy", "lzr")))
    assert.is_true(#records > 1000)
    for name, record in pairs(plain) do
      assert.equal("open", record.verdict)
      assert.same(asked[name] and asked[name].syn_ack, record.syn_ack)
      assert.same({ {}, {}, {} }, { record.attempts, record.fields, record.services })
      assert.equal(asked[name].expected, record.expected)
      assert.is_true(record.rtt == nil or record.rtt > 0)
    end
    for name in pairs(asked) do assert.truthy(plain[name], name) end
    assert.equal(#records, summary.verdicts.open)
    assert.equal(#records, summary.counters.records)
    local counters = summary.counters   -- a SYN for each try, and a RST for each SYN-ACK and what came after it
    local most = 20000 + counters.probe_retries + counters.syn_acks + counters.dropped_duplicate + counters.dropped_no_flow
    assert.is_true(counters.frames_sent <= most and counters.frames_sent >= 20000 + counters.probe_retries + #records)
  end)

  it("records refused and filtered targets as other scans do", function()
    local mine, theirs = by_target((scan("--syn-only", "--all"))), by_target((scan("--all", "--policy", "lzr")))
    local counted = {}
    for name, record in pairs(mine) do
      local other = theirs[name]
      counted[record.verdict] = (counted[record.verdict] or 0) + 1
      if record.verdict ~= "open" then
        record.time, other.time = nil, nil
        assert.same(other, record)
      end
    end
    for name in pairs(theirs) do assert.truthy(mine[name], name) end
    assert.is_true(counted.open > 1000 and counted.refused > 1000 and counted.filtered > 1000)
  end)

  it("loads no signatures, for which it has no use", function()
    program.directory({ ["signatures/wrong.lua"] = "return { protocol = 'wrong', pattern = 1 }" }, function(directory)
      local command = "exec \"$SONDE\" scan --link sim:demo --max-targets 10 -o /dev/null -q --path " .. directory
      assert.equal(2, program.shell(command).status)
      assert.equal(0, program.shell(command .. " --syn-only").status)
    end)
  end)

  it("refuses what goes beyond SYN-ACKs, in one sentence", function()
    for option, words in pairs {
      ["--policy lzr"] = "--policy does not go with it", ["--full"] = "--full does not go with it",
      ["--max-results 5"] = "--max-results does not go with it", ["--record x"] = "neither with --record",
      ["--transport socket"] = "not with --transport socket",
    } do
      local run = program.shell("exec \"$SONDE\" scan --link sim:demo --syn-only " .. option)
      assert.equal(2, run.status)
      assert.truthy(run.err:find(words, 1, true), run.err)
      assert.equal("", run.out)
    end
  end)
end)
