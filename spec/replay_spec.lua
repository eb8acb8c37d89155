-- Recordings, and scans that are run on them.
local cjson = require "cjson"
local program = require "spec.support.program"

local BEHAVIOURS = "spec/worlds/behaviours.lua"

local function lines_of(path)
  local list = {}
  for line in program.read(path):gmatch "[^\n]+" do list[#list + 1] = line end
  return list
end

-- Scans a world with a policy into directory/recording; returns its records in order.
local function record(directory, world, policy, more)
  local arguments = { "--policy", policy, "--record", directory .. "/recording", "--rate", "0" }
  for _, argument in ipairs(more or {}) do arguments[#arguments + 1] = argument end
  return (program.scan(world, arguments))
end

local function replay(path, arguments)
  local all = { "scan", "--transport", "replay:" .. path, "-q" }
  for _, argument in ipairs(arguments or {}) do all[#all + 1] = argument end
  return program.run(all)
end

-- Without the time of day, and in an order of their own.
local function comparable(records)
  local texts = {}
  for i, one in ipairs(records) do
    one.time = nil
    local keys = {}
    for key, value in pairs(one) do
      keys[#keys + 1] = key .. "=" .. (type(value) == "table" and cjson.encode(value):gsub(".", "%0") or tostring(value))
    end
    table.sort(keys)
    texts[i] = one.address .. ":" .. one.port .. " " .. #keys .. " " .. one.verdict .. " " .. tostring(one.service) .. " "
      .. ("%.9f"):format(one.seconds or 0)
    for _, attempt in ipairs(one.attempts) do
      texts[i] = texts[i] .. ("\n  %s %s %s %s %s %s %s"):format(attempt.handshake, attempt.outcome, tostring(attempt.acked),
        tostring(attempt.packets), tostring(attempt.bytes), tostring(attempt.rtt), tostring(attempt.reused))
    end
  end
  table.sort(texts)
  return table.concat(texts, "\n")
end

-- The replay's records of a changed recording: change(lines) edits them.
local function replay_changed(change, arguments)
  return program.directory({}, function(directory)
    record(directory, BEHAVIOURS, "lzr")
    local lines = lines_of(directory .. "/recording")
    change(lines)
    program.write(directory .. "/changed", table.concat(lines, "\n") .. "\n")
    return replay(directory .. "/changed", arguments or { "--policy", "lzr" })
  end)
end

describe("a replay", function()
  for _, policy in ipairs { "lzr", "sonde", "exhaustive" } do
    it("of the same policy gives the verdicts and costs of the scan: " .. policy, function()
      program.directory({}, function(directory)
        local live = record(directory, BEHAVIOURS, policy, { "--all" })
        local run = replay(directory .. "/recording", { "--policy", policy, "--all" })
        assert.equal(0, run.status, run.err)
        assert.equal(comparable(live), comparable(program.lines(run.out)))
      end)
    end)
  end

  it("of the same policy is exact with loss and wandering delays, too", function()
    program.directory({}, function(directory)
      local live = record(directory, "verdicts", "sonde", { "10.1.0.0/23", "-p", "23,443,8000" })
      local run = replay(directory .. "/recording", { "--policy", "sonde" })
      assert.is_true(#live > 300)
      assert.equal(comparable(live), comparable(program.lines(run.out)))
    end)
  end)

  it("of another policy gives its verdicts, and its costs to the packet, without delays that wander", function()
    program.directory({}, function(directory)
      record(directory, "verdicts", "exhaustive", { "10.0.0.0/24", "-p", "23,443" })
      for _, policy in ipairs { "lzr", "wait-first", "sonde" } do
        local live = program.scan("verdicts", { "10.0.0.0/24", "-p", "23,443", "--policy", policy, "--rate", "0" })
        local found = {}
        for _, one in ipairs(program.lines(replay(directory .. "/recording", { "--policy", policy }).out)) do
          found[one.address .. ":" .. one.port] = one
        end
        local compared = 0
        for _, one in ipairs(live) do
          local other = found[one.address .. ":" .. one.port]
          if other.verdict ~= "shunned" and one.verdict ~= "shunned" then
            compared = compared + 1
            assert.equal(one.verdict, other.verdict, one.address .. " " .. policy)
            assert.equal(one.service, other.service, one.address .. " " .. policy)
            if one.verdict == "service" then
              assert.equal(one.attempts[#one.attempts].packets, other.attempts[#other.attempts].packets, one.address)
            end
          end
        end
        assert.is_true(compared > 100, policy)
      end
    end)
  end)

  it("is the same byte for byte each time", function()
    program.directory({}, function(directory)
      record(directory, BEHAVIOURS, "exhaustive")
      local one = replay(directory .. "/recording", { "--policy", "sonde" })
      local two = replay(directory .. "/recording", { "--policy", "sonde" })
      assert.equal(0, one.status, one.err)
      assert.equal(one.out, two.out)
    end)
  end)

  it("ends with a sentence where the recording lacks a handshake", function()
    program.directory({ ["mqtt.lua"] = "return function(target) target:try 'mqtt' end" }, function(directory)
      record(directory, BEHAVIOURS, "lzr")
      local run = replay(directory .. "/recording", { "--policy", directory .. "/mqtt.lua" })
      assert.equal(1, run.status)
      assert.truthy(run.err:find("has no 'mqtt' for 198.18.", 1, true), run.err)
    end)
  end)

  it("ends with a sentence where a policy asks another port than those recorded, or for more than first answers", function()
    program.directory({
      ["at.lua"] = "return function(target) target:at(7):try 'wait' end",
      ["full.lua"] = "return function(target) target:try('http', { full = true }) end",
    }, function(directory)
      record(directory, BEHAVIOURS, "lzr")
      local at = replay(directory .. "/recording", { "--policy", directory .. "/at.lua" })
      assert.equal(1, at.status)
      assert.truthy(at.err:find(":7", 1, true), at.err)
      local full = replay(directory .. "/recording", { "--policy", directory .. "/full.lua" })
      assert.equal(1, full.status)
      assert.truthy(full.err:find("first answers only", 1, true), full.err)
    end)
  end)

  it("takes no other targets, link or seed", function()
    for _, more in ipairs { { "198.18.0.1:80" }, { "-p", "80" }, { "--link", "sim:demo" }, { "--seed", "2" } } do
      local run = replay_changed(function() end, more)
      assert.equal(2, run.status, run.err)
    end
  end)

  it("stops after as many targets as it is told", function()
    local run = replay_changed(function() end, { "--policy", "lzr", "--max-targets", "3" })
    assert.equal(3, #program.lines(run.out))
  end)

  it("refuses what is no recording, or of another version", function()
    for _, change in ipairs {
      function(lines) lines[1] = "{}" end,
      function(lines) lines[1] = "no JSON" end,
      function(lines) lines[1] = lines[1]:gsub('"recording":1', '"recording":2') end,
      function(lines) lines[3] = lines[2] end,
      function(lines) lines[2] = lines[2]:gsub('"port":%d+', '"port":70000') end,
      function(lines) lines[2] = "{" end,
    } do
      local run = replay_changed(change)
      assert.equal(2, run.status, run.out)
      assert.truthy(#run.err > 10)
    end
  end)

  it("survives a line that is damaged in any place", function()
    for seed = 1, 16 do
      local run = replay_changed(function(lines)
        local line = lines[2 + seed % (#lines - 1)]
        local place = 30 + seed * 7919 % (#line - 30)
        local with = ({ "", "9", "]", "\"", "{", "-", "\\", "," })[seed % 8 + 1]
        lines[2 + seed % (#lines - 1)] = line:sub(1, place - 1) .. with .. line:sub(place + 1)
      end)
      assert.is_true(run.status <= 2, run.status .. ": " .. run.err)
    end
  end)
end)

describe("a recording", function()
  it("has what every handshake got", function()
    program.directory({}, function(directory)
      record(directory, BEHAVIOURS, "exhaustive")
      local lines = lines_of(directory .. "/recording")
      local header = cjson.decode(lines[1])
      assert.equal(1, header.recording)
      assert.equal("1", header.seed)
      assert.equal("exhaustive", header.policy)
      local by = {}
      for i = 2, #lines do
        local target = cjson.decode(lines[i])
        by[target.address .. ":" .. target.port] = target
      end
      local ssh = by["198.18.2.1:80"]
      assert.equal("service", ssh.verdict)
      assert.is_true(#ssh.handshakes > 40)
      for _, handshake in ipairs(ssh.handshakes) do
        assert.equal(handshake.connection, handshake.opened and handshake.connection or 0)
        if handshake.handshake == "wait" then
          assert.equal("ssh", handshake.service)
          assert.truthy(handshake.first_byte_ns > 0)
          assert.truthy(handshake.data_base64)
        end
      end
      assert.equal(#ssh.handshakes, #ssh.connections)
    end)
  end)

  it("has refused and filtered targets with --all only", function()
    program.directory({}, function(directory)
      record(directory, BEHAVIOURS, "lzr")
      local without = program.read(directory .. "/recording")
      record(directory, BEHAVIOURS, "lzr", { "--all" })
      local with = program.read(directory .. "/recording")
      assert.is_nil(without:find('"verdict":"refused"', 1, true))
      assert.truthy(with:find('"verdict":"refused"', 1, true))
      assert.truthy(with:find('"verdict":"filtered"', 1, true))
    end)
  end)

  it("does not go with --full", function()
    local run = program.run { "scan", "--link", "sim:" .. BEHAVIOURS, "--full", "--record", "x.jsonl" }
    assert.equal(2, run.status)
  end)
end)
