-- Brief targets, of which C keeps what is known, come to the same records as whole ones. A recorded scan has only whole ones.
local program = require "spec.support.program"

local function lines_of(path)
  local file = assert(io.open(path))
  local text = file:read "*a"
  file:close()
  return text
end

-- The records of one scan of a world (by default the demonstration), with brief targets or whole ones.
local function records(options, recorded, world)
  local out = os.tmpname()
  local recording = out .. ".recording"
  local run = program.shell(('"$SONDE" scan --link sim:%s --seed 3 -q %s -o %s %s'):format(world or "demo", options, out,
    recorded and "--record " .. recording or ""))
  assert.equal(0, run.status)
  local text = lines_of(out)
  os.remove(out)
  os.remove(recording)
  return text
end

describe("a brief target", function()
  for _, policy in ipairs { "expected", "sonde", "exhaustive", "wait-first", "ephemeral-filter" } do
    it("has the record of a whole one: policy " .. policy, function()
      local options = "--max-targets 3000 --policy " .. policy
      local brief = records(options)
      assert.is_truthy(brief:find('"verdict":"service"', 1, true))
      assert.is_true(brief == records(options, true))
    end)
  end

  it("has the record of a whole one, whatever the host does: refuses later, resets, ends, waits", function()
    for _, policy in ipairs { "sonde", "lzr" } do
      local brief = records("--policy " .. policy, false, "verdicts")
      for _, verdict in ipairs { "silent", "shunned", "reset", "closed_after_data", "no_ack", "zero_window", "unidentified" } do
        assert.is_truthy(brief:find('"verdict":"' .. verdict .. '"', 1, true))
      end
      assert.is_true(brief == records("--policy " .. policy, true, "verdicts"))
    end
  end)

  -- The policy asks for all there is to be seen of a target and its attempts, in an order that makes it whole sooner or later.
  local function under(text)
    program.directory({ ["own.lua"] = text }, function(directory)
      local options = ("--max-targets 2000 --policy %s/own.lua"):format(directory)
      local brief = records(options)
      assert.is_truthy(brief:find('"why":"', 1, true))
      assert.is_true(brief == records(options, true))
    end)
  end

  it("shows a policy what a whole one shows, before and after it answered", function()
    under [[
      local function show(value)
        if type(value) ~= "table" then return tostring(value) end
        local keys, out = {}, {}
        for key in pairs(value) do keys[#keys + 1] = key end
        table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
        for _, key in ipairs(keys) do out[#out + 1] = tostring(key) .. "=" .. show(value[key]) end
        return "{" .. table.concat(out, ",") .. "}"
      end
      local MEMBERS = { "address", "port", "expected", "expected_also", "syn_ack", "host", "own", "attempts" }
      local FACTS = { "handshake", "opened", "reused", "outcome", "what", "sent", "acked", "packets", "bytes", "rtt", "window",
        "data", "service", "services", "fields", "why", "tls", "echo" }
      local function all(target, attempt)
        local out = {}
        for _, key in ipairs(MEMBERS) do out[#out + 1] = key == "attempts" and #target.attempts or show(target[key]) end
        for _, key in ipairs(FACTS) do out[#out + 1] = show(attempt and attempt[key]) end
        return table.concat(out, ";")
      end
      return function(target)
        local before = target.port % 2 == 0 and all(target) or ""
        local attempt = target:try(target.expected or "wait", { timeout = 3, why = "first" })
        local after = all(target, attempt)
        target.own = 7
        if target.port % 3 == 0 then after = after .. all(target, attempt) .. all(target, target.attempts[1]) end
        local sum = 0
        for i = 1, #after do sum = (sum * 31 + after:byte(i)) % 65521 end
        target:try("wait", { why = before .. sum })
      end
    ]]
  end)

  it("shows a policy what a whole one shows, after several questions in vain", function()
    under [[
      local FACTS = { "handshake", "opened", "reused", "outcome", "sent", "acked", "packets", "bytes", "rtt", "window", "why" }
      local function shown(attempt)
        local out = {}
        for i, key in ipairs(FACTS) do out[i] = tostring(attempt[key]) end
        return table.concat(out, ",")
      end
      local order = { "wait", "tls", "wait", "http", "dns" }
      return function(target)
        local said = ""
        for i, name in ipairs(order) do
          local attempt = target:try(name, { timeout = 2, why = said:sub(-150) })
          said = shown(attempt)
          if attempt.data then return end
          if i == 2 and target.port % 3 == 0 then target:note("syn_ack", tostring(target.syn_ack and target.syn_ack.window)) end
          if i == 3 and target.port % 3 == 1 then said = shown(target.attempts[1]) .. shown(target.attempts[2]) end
          if i == 4 and target.port % 5 == 0 then error("it says " .. said) end
          if i == 4 and target.port % 5 == 1 then target:try("ftp", { timeout = "long" }) end
        end
      end
    ]]
  end)

  it("ends as a whole one where the policy raises an error, before and after it answered", function()
    under [[
      return function(target)
        if target.port % 3 == 0 then error "before" end
        local attempt = target:try(target.expected or "wait", { why = "first" })
        if target.port % 3 == 1 then error { attempt.service } end
        target:try "nonsense"
      end
    ]]
  end)

  it("knows what a handshake wrote before it waited, and whether it may have written that", function()
    local protocol = [[
      return {
        name = "http", first = "client", ports = { 80, 8080 }, fields = { server = "a name" },
        handshake = function(conn, record)
          conn:send "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"
          if conn.port == 80 then record.server = tonumber(conn.host:match "%d+$") % 2 == 0 and "early" or 5 end
          conn:receive_some()
        end,
      }
    ]]
    program.directory({ ["protocols/http.lua"] = protocol }, function(directory)
      local options = ("--max-targets 3000 --policy expected --path %s"):format(directory)
      local brief = records(options)
      assert.is_truthy(brief:find("the field 'server' is a number", 1, true))
      assert.is_true(brief == records(options, true))
    end)
  end)

  it("is of no use to a policy that keeps it beyond its end", function()
    local policy = [[
      local last
      return function(target)
        local said = {}
        for i, use in ipairs {
          function() return last.port end, function() return last.own end, function() last.own = 1 end,
          function() return last:try "wait" end, function() return last:at(80) end, function() return last.attempts end,
        } do said[i] = last and tostring(select(2, pcall(use))):match "this target is over" or "-" end
        local attempt = target:try("wait", { why = table.concat(said, ",") })
        if attempt.service then last = last or target end
      end
    ]]
    program.directory({ ["own.lua"] = policy }, function(directory)
      local over = "this target is over"
      local text = records(("--max-targets 2000 --policy %s/own.lua"):format(directory))
      assert.is_truthy(text:find('"why":"' .. (over .. ","):rep(5) .. over .. '"', 1, true))
    end)
  end)

  it("does no harm where policies try one another's targets, and fail", function()
    local policy = [[
      local whole, waits
      return function(target)
        if not whole then
          whole, target.own = target, 1
          target:try "wait"
        elseif not waits then
          if target:try("wait", { timeout = 0.2 }).outcome ~= "timeout" then return end
          waits = target
          pcall(whole.try, whole, "http")
          error "over"
        else
          local _, said = pcall(function() waits:try "tls" waits:try "http" end)
          for _ = 1, 20000 do local _ = {} end   -- garbage, to be collected
          target:try("http", { why = tostring(said):match "%a[%a ]+$" })
          target:try "tls"
        end
      end
    ]]
    program.directory({ ["own.lua"] = policy }, function(directory)
      local text = records(("--max-targets 3000 --policy %s/own.lua"):format(directory))
      assert.is_truthy(text:find('"why":"this connection belongs to another target"', 1, true))
    end)
  end)

  -- The same policy as one function, and with its first question apart, after which a target is parked until there is an answer.
  local WHOLE = [[
      return function(target)
        local name, options = first(target)
        if name == nil then return end
        after(target, target:try(name, options))
      end]]
  local function apart(text, options, world)
    program.directory({
      ["whole.lua"] = text .. WHOLE, ["apart.lua"] = text .. "\nreturn { first = first, after = after }",
    }, function(directory)
      local function scanned(name, recorded)
        local found = records(("%s --policy %s/%s.lua"):format(options, directory, name), recorded, world)
        return (found:gsub("%a+%.lua:%d+: ", ""))
      end
      local parked = scanned "apart"
      assert.is_truthy(parked:find('"verdict":"service"', 1, true))
      assert.is_true(parked == scanned "whole")
      assert.is_true(parked == scanned("apart", true))
    end)
  end

  it("has the same record where it is parked until its first question is answered, or was in vain", function()
    apart([[
      local function first(target)
        if target.syn_ack and target.syn_ack.window == 0 or target.port % 7 == 0 then return end
        local seen = target.host.seen or 0
        target.host.seen = seen + 1
        if target.port % 5 == 0 then return target.expected or "wait" end
        local name = target.port % 2 == 0 and "wait" or target.expected or "http"
        return name, { timeout = 1 + target.port % 3, why = "seen " .. seen }
      end
      local function after(target, attempt)
        local syn_ack = target.syn_ack
        local why = ("%s %s %s %d %s"):format(attempt.outcome, attempt.handshake, attempt.service, #target.attempts, syn_ack.ttl)
        if attempt.service and target.port % 3 > 0 then return end
        target:try("tls", { why = why, fresh = target.port % 4 == 0 })
      end
    ]], "--max-targets 6000")
  end)

  it("fails as another where a policy fails before its first question, or after it, or asks what there is not", function()
    apart([[
      local function first(target)
        if target.port % 5 == 0 then error "before" end
        if target.port % 5 == 1 then return "nonsense" end
        if target.port % 5 == 2 then return "wait", { nonsense = 1 } end
        return target.expected or "wait"
      end
      local function after(target) if target.port % 3 == 0 then error "afterwards" end end
    ]], "--max-targets 3000")
  end)

  it("parks nothing where the policy has tried something, or the handshake has written something, before", function()
    local protocol = [[
      return {
        name = "http", first = "client", ports = { 80, 8080 }, fields = { server = "a name" },
        handshake = function(conn, record)
          conn:send "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"
          if conn.port == 80 then record.server = "early" end
          if conn.port == 8080 then conn:sleep(0.1) end
          conn:receive_some()
        end,
      }
    ]]
    program.directory({ ["protocols/http.lua"] = protocol }, function(directory)
      apart([[
        local function first(target)
          if target.port == 22 then target:try "wait" end
          if target.port == 443 then target.own = 1 end
          return "http"
        end
        local function after(target) if target.own then target:try "tls" end end
      ]], "--max-targets 3000 --path " .. directory)
    end)
  end)

  it("knows an echo of its question where it was parked", function()
    apart('local function first() return "echo" end local function after() end', "", "verdicts")
  end)

  it("draws on by chance where it was parked", function()
    local protocol = [[
      return {
        name = "%s", first = "server", ports = {}, fields = {},
        handshake = function(conn)
          local seconds = conn:random(1):byte() / 100
          if %s then conn:sleep(seconds) end
          conn:receive_some()
        end,
      }
    ]]
    program.directory({
      ["protocols/drawing.lua"] = protocol:format("drawing", "false"),
      ["protocols/sleeping.lua"] = protocol:format("sleeping", "true"),
    }, function(directory)
      apart([[
        local function first() return "drawing", { timeout = 0.2 } end
        local function after(target, attempt)
          if attempt.outcome == "timeout" then target:try("sleeping", { timeout = 3 }) target:try "http" end
        end
      ]], "--max-targets 3000 --path " .. directory)
    end)
  end)

  it("gets a record where it is parked when the scan is stopped", function()
    local policy = 'return { first = function() return "wait", { timeout = 1e6 } end }'
    program.directory({ ["own.lua"] = policy }, function(directory)
      local run = program.shell(([[
        "$SONDE" scan --link sim:demo --seed 1 --max-targets 500000 --max-open 1000 -p 1-1000 --policy %s/own.lua \
          -o "$0.out" 2> "$0.err" &
        pid=$!
        until [ -s "$0.out" ]; do kill -0 $pid || exit 99; done
        kill -INT $pid
        wait $pid
        cat "$0.out"
        rm -f "$0.out" "$0.err"]]):format(directory))
      local stopped = 0
      for _, record in ipairs(program.lines(run.out)) do
        if (record.error or ""):find "stopped" then
          stopped = stopped + 1
          assert.equal("stopped", record.attempts[1].outcome)
        end
      end
      assert.is_true(stopped > 0)
    end)
  end)
end)
