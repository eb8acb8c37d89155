-- Whole scans by the real program, in simulated worlds.
local cjson = require "cjson"
local program = require "spec.support.program"

local BEHAVIOURS = "spec/worlds/behaviours.lua"
local SSH = "198.18.2.1:80"

-- A protocol in the tree's place of http, whose handshake is this.
local function http(body, fields)
  return ([[
local http = { name = "http", first = "client", ports = { 80 }, fields = { %s } }
local kept
function http.handshake(conn, record)
  conn:send "GET / HTTP/1.0\r\n\r\n"
  %s
end
return http
]]):format(fields or 'text = "a text", count = "a count (number)", list = "a list (list of strings)"', body)
end

local BODY_LINE = 5   -- of `body` in the above

-- Scans the behaviours with a protocol or policy of one's own.
local function scan_with(files, arguments)
  local own = false
  for name in pairs(files) do own = own or name:find "^protocols/" ~= nil end
  return program.directory(files, function(directory)
    local all = own and { "--path", directory } or {}
    for _, argument in ipairs(arguments or {}) do all[#all + 1] = (argument:gsub("^OWN", directory)) end
    return program.scan(BEHAVIOURS, all)
  end)
end

describe("a scan", function()
  it("gives every behaviour its verdict", function()
    local _, found = program.scan(BEHAVIOURS, { "--all" })
    local verdicts = {
      "no_ack", "no_ack", "zero_window", "zero_window", "reset", "reset_after_data", "closed", "closed_after_data", "silent",
      "unidentified", "unidentified", "reset", "filtered", "refused",
    }
    for i, verdict in ipairs(verdicts) do
      assert.equal(verdict, found[("198.18.1.%d:80"):format(i)].verdict, "host " .. i)
    end
    for i, verdict in ipairs { "service", "service", "service", "unidentified", "service", "service", "unidentified" } do
      assert.equal(verdict, found[("198.18.2.%d:80"):format(i)].verdict, "service " .. i)
    end
    assert.equal("shunned", found["198.18.3.1:80"].verdict)
  end)

  it("reads a capture of itself to its end, and finds there what it found live", function()
    program.directory({}, function(directory)
      local trace, targets = directory .. "/trace.pcap", { "198.18.2.1-198.18.2.3", "-p", "80" }
      local _, live = program.scan(BEHAVIOURS, { "--trace", trace, unpack(targets) })
      local result = program.run { "scan", "--link", "pcap:" .. trace, "--source-address", "192.0.2.1", "--seed", "1",
        "--no-default-blocklist", "--rate", "1", "-q", unpack(targets) }
      assert.equal("", result.err)
      assert.equal(0, result.status)
      local again = 0
      for _, one in ipairs(program.lines(result.out)) do
        assert.equal(live[one.address .. ":" .. one.port].service, one.service)
        again = again + 1
      end
      assert.equal(3, again)
    end)
  end)

  it("does not go on from ZMap's answers of blocked addresses, and counts them", function()
    local line = '{"saddr":"%s","daddr":"192.0.2.1","sport":80,"dport":62000,"seqnum":1,"acknum":2,"window":5}\n'
    program.directory({ list = line:format "198.18.2.1" .. line:format "198.18.1.1", block = "198.18.2.0/24\n" },
      function(directory)
        local _, found = program.scan(BEHAVIOURS, { "--input", "zmap", "-l", directory .. "/list",
          "--blocklist", directory .. "/block", "--summary", directory .. "/summary" })
        assert.is_nil(found["198.18.2.1:80"])
        assert.is_table(found["198.18.1.1:80"])
        local counters = cjson.decode(program.read(directory .. "/summary")).counters
        assert.equal(2, counters.targets)
        assert.equal(1, counters.targets_blocked)
        assert.equal(1, counters.syn_acks)
      end)
  end)

  it("refuses what sockets cannot do when sockets are asked for", function()
    local result = program.run { "scan", "127.0.0.1", "-p", "1", "--transport", "socket", "--trace", "/nowhere/x.pcap" }
    assert.equal(2, result.status)
    assert.matches("%-%-trace goes with raw scanning", result.err)
  end)

  it("is one process in a simulation, and says so when more are asked for", function()
    program.directory({}, function(directory)
      program.scan(BEHAVIOURS, { "--workers", "2", "--summary", directory .. "/summary" })
      local summary = cjson.decode(program.read(directory .. "/summary"))
      assert.equal(1, summary.workers)
      assert.same({ "one worker: a simulated Internet has one clock" }, summary.notes)
      program.scan(BEHAVIOURS, { "--summary", directory .. "/summary" })
      assert.same({}, cjson.decode(program.read(directory .. "/summary")).notes)
    end)
  end)

  it("refuses a number of workers that is none", function()
    for _, workers in ipairs { "0", "65", "two", "1.5" } do
      local result = program.run { "scan", "--link", "sim:demo", "--workers", workers }
      assert.equal(2, result.status)
      assert.matches("%-%-workers", result.err)
    end
  end)

  it("leaves out what refused and what did not answer, unless told otherwise", function()
    local _, found = program.scan(BEHAVIOURS)
    assert.is_nil(found["198.18.1.13:80"])
    assert.is_nil(found["198.18.1.14:80"])
  end)

  it("writes the same bytes for the same seed, and a different order for another", function()
    local _, _, first = program.scan(BEHAVIOURS, { "--all", "--policy", "exhaustive" })
    local _, _, second = program.scan(BEHAVIOURS, { "--all", "--policy", "exhaustive" })
    assert.equal(first.out, second.out)
    local one = program.run { "scan", "--link", "sim:" .. BEHAVIOURS, "--seed", "1", "--dry-run" }
    local two = program.run { "scan", "--link", "sim:" .. BEHAVIOURS, "--seed", "2", "--dry-run" }
    assert.are_not.equal(one.out, two.out)
  end)

  it("names a service whose answer comes a byte at a time, and keeps the bytes", function()
    local _, found = program.scan(BEHAVIOURS)
    for _, host in ipairs { "198.18.2.2:80", "198.18.2.3:80" } do
      assert.equal("ssh", found[host].service)
      assert.equal("SSH-2.0-O", found[host].data:sub(1, 9))
    end
  end)

  it("reads a banner that comes a byte at a time to its end with --full", function()
    local _, found = program.scan(BEHAVIOURS, { "--full" })
    local fields = found["198.18.2.2:80"].fields
    assert.equal("OpenSSH_9.2p1", (fields.software or ""):sub(1, 13))
  end)

  it("keeps the text that a middlebox puts into its RST", function()
    local _, found = program.scan(BEHAVIOURS)
    assert.truthy(found["198.18.1.12:80"].attempts[1].reset_payload:find "%a+")
  end)

  it("keeps bytes that are no text as base64, and text as it is", function()
    local _, found = program.scan(BEHAVIOURS)
    assert.is_nil(found["198.18.2.4:80"].data)
    assert.equal("/wD+AWJpbmFyecg=", found["198.18.2.4:80"].data_base64)
    assert.equal("HTTP/1.1 200 OK\r\nServer: \195\188mlaut\r\n\r\n", found["198.18.2.5:80"].data)
    assert.equal("\195\188mlaut", found["198.18.2.5:80"].fields.server)
    assert.is_nil(found["198.18.2.6:80"].fields.server)
    assert.equal("/G1sYXV0", found["198.18.2.6:80"].fields.server_base64)
  end)

  it("uses the open connection for the next handshake after wait, and no other", function()
    local records = program.scan(BEHAVIOURS, { "--policy", "wait-first" })
    local seen = 0
    for _, record in ipairs(records) do
      local first, second = record.attempts[1], record.attempts[2]
      if second and first.outcome == "timeout" then
        seen = seen + 1
        assert.same({ "wait", true }, { first.handshake, second.reused })
      end
    end
    assert.is_true(seen >= 5)
  end)

  it("goes on with --full on the connection on which only the server has spoken", function()
    local _, found = program.scan(BEHAVIOURS, { "--full", "--policy", "wait-first" })
    local attempts = found[SSH].attempts
    assert.same({ "wait", "ssh" }, { attempts[1].handshake, attempts[2].handshake })
    assert.is_true(attempts[2].reused)
    assert.is_true(attempts[2].follow_up)
  end)

  it("takes a policy from a file", function()
    local _, found = scan_with({
      ["mine.lua"] = "return function(target) target:try 'dns' target:try('dns', { fresh = true }) end",
    }, { "--policy", "OWN/mine.lua" })
    assert.same({ "dns", "dns" }, { found[SSH].attempts[1].handshake, found[SSH].attempts[2].handshake })
  end)

  it("sends again as often as the policy says, SYNs and data, whatever --retries is", function()
    local function packets(retries)
      local _, found = scan_with({
        ["mine.lua"] = ("return function(target) target:try('http', { retries = %d }) target:try('dns', { fresh = true, "
          .. "retries = %d }) end"):format(retries, retries),
      }, { "--policy", "OWN/mine.lua", "--retries", "2" })
      local deaf, shunning = found["198.18.1.1:80"].attempts, found["198.18.3.1:80"].attempts
      return { deaf[1].packets, deaf[2].packets, shunning[2].packets }
    end
    assert.same({ 2, 2, 1 }, packets(0))   -- SYN and data; SYN and data; a SYN that finds nobody
    assert.same({ 5, 5, 4 }, packets(3))
  end)

  it("prefers protocols in one's own directory", function()
    local _, found = scan_with({ ["protocols/http.lua"] = http [[record.text = "mine" conn:receive(1)]] }, { "--full" })
    assert.equal("mine", found["198.18.2.5:80"].fields.text)
  end)

  it("keeps what a finished handshake learnt of a service that no signature knows", function()
    local _, found = scan_with({ ["protocols/http.lua"] = http [[record.count = #conn:receive_some()]] }, { "--full" })
    local record = found["198.18.2.4:80"]
    assert.same({ "unidentified", 11 }, { record.verdict, record.fields.count })
  end)
end)

describe("a scan's extent", function()
  local function dry(arguments)
    local all = { "scan", "--link", "sim:demo", "--seed", "7", "--dry-run", "198.18.0.0/21", "-p", "80,443,8000-8002" }
    for _, argument in ipairs(arguments) do all[#all + 1] = argument end
    local run = program.run(all)
    assert.equal(0, run.status, run.err)
    local list, set = {}, {}
    for line in run.out:gmatch "[^\n]+" do
      if set[line] then error("twice: " .. line) end
      list[#list + 1], set[line] = line, true
    end
    return list, set
  end

  it("is split by --shard into parts that are disjoint and complete", function()
    local whole, in_whole = dry {}
    local count, seen = 0, {}
    for i = 1, 3 do
      for _, target in ipairs(dry { "--shard", i .. "/3" }) do
        if seen[target] or not in_whole[target] then error("not of this shard: " .. target) end
        seen[target] = true
        count = count + 1
      end
    end
    assert.same({ 2048 * 5, 2048 * 5 }, { #whole, count })
  end)

  it("is in the order that --dry-run prints", function()
    program.directory({}, function(directory)
      local trace = directory .. "/trace.pcap"
      program.scan(BEHAVIOURS, { "--trace", trace, "--retries", "0" })
      local order = program.run { "scan", "--link", "sim:" .. BEHAVIOURS, "--seed", "1", "--dry-run" }.out
      -- Raw IPv4 frames behind a header of 24 bytes and of 16 each; a SYN to port 80 is of the scan's beginning.
      local bytes, at, sent = program.read(trace), 25, {}
      local function number(offset, size)
        local value = 0
        for i = size - 1, 0, -1 do value = value * 256 + bytes:byte(offset + i) end
        return value
      end
      local seen = {}
      while at <= #bytes do
        local length, frame = number(at + 8, 4), at + 16
        local a, b, c, d = bytes:byte(frame + 16, frame + 19)
        local header = bit.band(bytes:byte(frame), 15) * 4
        local target = ("%d.%d.%d.%d:80"):format(a, b, c, d)
        if bytes:byte(frame + header + 13) == 2 and not seen[target] then
          seen[target] = true
          sent[#sent + 1] = target
        end
        at = frame + length
      end
      assert.equal(order, table.concat(sent, "\n") .. "\n")
    end)
  end)

  it("ends with --max-targets, at the order's beginning", function()
    local whole, some = dry {}, dry { "--max-targets", "50" }
    assert.equal(50, #some)
    for i = 1, 50 do assert.equal(whole[i], some[i]) end
  end)

  it("ends soon after --max-results", function()
    local function services(arguments)
      local count = 0
      for _, record in ipairs((program.scan("demo", arguments))) do count = count + (record.service and 1 or 0) end
      return count
    end
    local some = services { "--max-results", "20", "--rate", "500" }
    assert.is_true(some >= 20 and some < 200, some)
  end)
end)

describe("a scan's summary", function()
  local function summary(arguments)
    return program.directory({}, function(directory)
      local all = { "--summary", directory .. "/summary.json" }
      for _, argument in ipairs(arguments) do all[#all + 1] = argument end
      local records = program.scan("demo", all)
      return cjson.decode(program.read(directory .. "/summary.json")), records
    end)
  end

  it("has counters that add up", function()
    local found, records = summary { "--all" }
    local counters, dropped = found.counters, 0
    for name, value in pairs(counters) do
      if name:find "^dropped_" and name ~= "dropped_kernel" then dropped = dropped + value end
    end
    assert.equal(counters.frames_received, counters.frames_used + dropped)
    assert.equal(counters.targets, counters.probes + counters.targets_blocked)
    assert.equal(counters.probes, counters.syn_acks + counters.refused + counters.unreachable + counters.filtered)
    assert.equal(#records, counters.records)
    assert.equal(counters.targets, counters.records)
    assert.is_true(counters.frames_received > 1000 and counters.services > 100)
    local by_verdict, services = 0, 0
    for _, count in pairs(found.verdicts) do by_verdict = by_verdict + count end
    for _, count in pairs(found.services) do services = services + count end
    assert.same({ #records, counters.services }, { by_verdict, services })
    assert.equal(0, counters.script_errors)
  end)

  it("counts targets that the block list takes out", function()
    program.directory({ list = "198.18.0.0/24 # some\n" }, function(directory)
      local counters = summary({ "--blocklist", directory .. "/list", "--max-targets", "2000" }).counters
      assert.is_true(counters.targets_blocked > 0)
      assert.equal(counters.targets, counters.probes + counters.targets_blocked)
    end)
  end)

  it("says what was done, with what, and when", function()
    local found = summary { "--max-targets", "100", "--policy", "expected" }
    assert.same({ "1", "done", "expected", "sim:demo" },
      { found.seed, found.state, found.parameters.policy, found.parameters.link })
    assert.truthy(found.started:find "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$")
    assert.equal("string", type(found.versions.sonde))
  end)
end)

describe("a script that goes wrong", function()
  -- What becomes of two targets when http's handshake is this: host 2.5 runs it, host 1.3 is not spoken to.
  local function failing(body, arguments)
    local all = { "198.18.2.5", "198.18.1.3", "-p", "80" }
    for _, argument in ipairs(arguments or {}) do all[#all + 1] = argument end
    local records, found = scan_with({ ["protocols/http.lua"] = http(body) }, all)
    assert.equal(2, #records)
    return found["198.18.2.5:80"], found
  end

  local LINE = "protocols/http%.lua:" .. BODY_LINE .. ": "

  for body, sentence in pairs {
    [ [[error "no luck"]] ] = LINE .. "no luck$",
    [ [[error { outcome = 123 }]] ] = LINE .. "raised a table$",
    [ [[error { outcome = "banana" }]] ] = LINE .. "raised the outcome 'banana'$",
    [ [[error()]] ] = LINE .. "raised a nil$",
    [ [[error(function() end)]] ] = LINE .. "raised a function$",
    [ [[error(setmetatable({}, { __tostring = error, __index = error }))]] ] = LINE .. "raised a table$",
    [ [[error "bytes \255\0\n"]] ] = LINE .. "bytes \\xff\\x00\\x0a$",
    [ [[conn:nothing()]] ] = LINE .. "attempt to call method 'nothing'",
    [ [[conn:receive(-1)]] ] = LINE .. "%-1 is no length$",
    [ [[local function f() return 1 + f() end f()]] ] = "protocols/http%.lua:%d+: stack overflow",
    [ [[while true do end]] ] = LINE .. "the script ran too long without waiting$",
    [ [[while true do pcall(function() while true do end end) end]] ] = LINE .. "the script ran too long without waiting$",
    [ [[while true do pcall(conn.sleep, conn, 100) end]] ] = LINE .. "the script ran too long without waiting$",
    [ [[local s = ("x"):rep(1e9)]] ] = LINE .. "the script used too much memory without waiting$",
    [ [[local t = {} for i = 1, 1e9 do t[i] = i end]] ] = LINE .. "the script used too much memory without waiting$",
    [ [[while true do pcall(string.rep, "x", 1e9) end]] ] = LINE .. "the script used too much memory without waiting$",
    [ [[record.text = print]] ] = ": the field 'text' is a function, not a string$",
    [ [[record.list = {} record.list[1] = record.list]] ] = ": the field 'list' has an element 1 that is a table",
    [ [[record.list = { "a", nil, "c" }]] ] = ": the field 'list' has an element 2 that is a nil",
    [ [[record.count = 0 / 0]] ] = ": the field 'count' is a number that JSON does not have$",
    [ [[record.text = ("x"):rep(2e6)]] ] = ": the field 'text' takes more than",
    [ [[record.unknown = 1]] ] = ": the field 'unknown' is not among its fields$",
    [ [[record[record] = 1]] ] = ": the field 'table: [^']*' is not among its fields$",
    [ [[string.gsub("a", "a", function() conn:receive(1) end)]] ] = LINE .. "nothing can be waited for here",
  } do
    it("ends its target with a sentence, and no other: " .. body, function()
      local record, found = failing(body)
      assert.equal("script_error", record.attempts[1].outcome)
      assert.truthy(record.error:find(sentence), record.error)
      assert.truthy(record.verdict == "script_error" or record.verdict == "service", record.verdict)
      assert.equal("zero_window", found["198.18.1.3:80"].verdict)
    end)
  end

  it("is counted", function()
    program.directory({ ["protocols/http.lua"] = http "error 'x'" }, function(directory)
      local _, _, run = program.scan(BEHAVIOURS, { "--path", directory, "--summary", directory .. "/s" })
      local errors = 0
      for _, record in ipairs(program.lines(run.out)) do errors = errors + (record.error and 1 or 0) end
      assert.equal(errors, cjson.decode(program.read(directory .. "/s")).counters.script_errors)
      assert.is_true(errors > 5)
    end)
  end)

  it("keeps the service that the server's bytes tell, also after an endless loop", function()
    for _, body in ipairs { "conn:peek(8) error 'x'", "conn:peek(8) while true do end", "conn:peek(8) string.rep('x', 1e9)" } do
      local record = failing(body, { "--full" })
      assert.same({ "service", "http" }, { record.verdict, record.service }, body)
      assert.truthy(record.error, body)
    end
  end)

  it("that sleeps for ever is ended by its deadline", function()
    local record = failing "while true do conn:sleep(0) end"
    assert.equal("timeout", record.attempts[1].outcome)
    assert.is_nil(record.error)
  end)

  it("cannot wait on another target's connection", function()
    local _, found = scan_with({
      ["protocols/http.lua"] = [[
local kept
local http = { name = "http", first = "client", ports = { 80 }, fields = {} }
function http.handshake(conn)
  conn:send "x"
  local mine = kept or conn
  kept = conn
  mine:receive(100)
end
return http
]] }, {})
    local outcomes = {}
    for _, record in pairs(found) do
      if record.attempts[1] then outcomes[record.attempts[1].outcome] = true end
      assert.truthy(record.verdict)
    end
    assert.is_true(outcomes.script_error)
  end)

  it("may keep a connection beyond its target's end, and gets nothing from it", function()
    local records = scan_with({
      ["protocols/http.lua"] = [[
local kept = {}
local http = { name = "http", first = "client", ports = { 80 }, fields = {} }
function http.handshake(conn)
  for _, old in ipairs(kept) do
    pcall(old.send, old, "x") pcall(old.receive, old, 1) pcall(old.peek, old, 9) pcall(old.close, old)
    pcall(old.sleep, old, 0.001) pcall(old.random, old, 3)
  end
  kept[#kept + 1] = conn
  conn:send "GET / HTTP/1.0\r\n\r\n"
  conn:receive(1)
end
return http
]] }, {})
    assert.equal(#(program.scan(BEHAVIOURS)), #records)
  end)
end)

describe("a policy that goes wrong", function()
  -- The record of the SSH host under a policy with this body.
  local function under(body)
    local files = { ["mine.lua"] = "return function(target)\n" .. body .. "\nend" }
    local _, found = scan_with(files, { "198.18.2.1", "-p", "80", "--policy", "OWN/mine.lua" })
    return found[SSH]
  end

  for body, sentence in pairs {
    [ [[error "no luck"]] ] = "mine%.lua:2: no luck$",
    [ [[error { outcome = "timeout" }]] ] = "mine%.lua:2: raised the outcome 'timeout'$",
    [ [[target:try "nothing"]] ] = "mine%.lua:2: there is no protocol 'nothing'$",
    [ [[target:try()]] ] = "mine%.lua:2: there is no protocol 'nil'$",
    [ [[target.try "wait"]] ] = "mine%.lua:2: call it with a colon",
    [ [[target:try("wait", { fast = true })]] ] = "mine%.lua:2: try has no option 'fast'$",
    [ [[target:at(0)]] ] = "mine%.lua:2: 0 is no port$",
    [ [[for i = 1, 300 do target:try "wait" end]] ] = "mine%.lua:2: more than 256 attempts$",
    [ [[for i = 1, 300 do target:at(i):try "wait" end]] ] = "mine%.lua:2: more than 256 attempts$",
    [ [[while true do end]] ] = "mine%.lua:2: the script ran too long without waiting$",
    [ [[while true do pcall(target.try, target, "nothing") end]] ] = "mine%.lua:2: the script ran too long without waiting$",
    [ [[local t = {} while true do t[#t + 1] = ("x"):rep(1e6) .. #t end]] ]
      = "mine%.lua:2: the script used too much memory without waiting$",
    [ [[table.sort({ 1, 2, 3 }, function() target:try("wait") end)]] ] = "nothing can be waited for here",
  } do
    it("ends its target with a sentence: " .. body, function()
      local record = under(body)
      assert.truthy(record.error:find(sentence), record.error)
    end)
  end

  it("may try nothing", function()
    local record = under ""
    assert.same({ "untried", {} }, { record.verdict, record.attempts })
    assert.is_nil(record.error)
  end)

  it("may go on after a handshake's error", function()
    local _, found = scan_with({
      ["protocols/http.lua"] = http "error 'x'",
      ["mine.lua"] = "return function(target) pcall(target.try, target, 'http') target:try 'wait' end",
    }, { "--policy", "OWN/mine.lua" })
    assert.same({ "script_error", "answered" }, { found[SSH].attempts[1].outcome, found[SSH].attempts[2].outcome })
    assert.is_nil(found[SSH].error)
  end)

  it("reaches neither the engine nor other targets through what it is given", function()
    local record = under [[
      local attempt = target:try "wait"
      for key in pairs(attempt) do attempt[key] = print end
      for _, key in ipairs { "address", "port", "try", "attempts", "syn_ack", "own" } do target[key] = print end
      if getmetatable(target) ~= "target" then error "metatable" end
      if target.context or target.primitives or target.connect or target.conn then error "engine" end
    ]]
    assert.same({ "service", "ssh", "answered" }, { record.verdict, record.service, record.attempts[1].outcome })
    assert.is_nil(record.error)
    assert.equal("number", type(record.syn_ack.window))
  end)
end)

describe("a scan that is interrupted", function()
  -- A scan that does not end for a long time; it is signalled when its first records are out.
  local function interrupted(signals)
    return program.shell([[
      "$SONDE" scan --link sim:demo --seed 1 198.18.0.0/15 -p 1-1000 -o "]] .. "$0.out" .. [[" 2> "$0.err" &
      pid=$!
      until [ -s "$0.out" ]; do kill -0 $pid || exit 99; done
      ]] .. signals .. [[

      wait $pid
      status=$?
      cat "$0.out"
      rm -f "$0.out" "$0.err"
      exit $status
    ]])
  end

  it("ends with 130 and whole lines", function()
    local run = interrupted "kill -INT $pid"
    assert.equal(130, run.status)
    assert.equal("\n", run.out:sub(-1))
    local stopped, records = 0, program.lines(run.out)
    for _, record in ipairs(records) do
      if (record.error or ""):find "stopped" then stopped = stopped + 1 end
      assert.truthy(record.verdict)
    end
    assert.is_true(#records > 0)
    assert.is_true(stopped > 0, "targets that were open are recorded")
  end)

  it("quits at once on the second signal, with whole lines", function()
    local run = interrupted "kill -INT $pid; kill -INT $pid; kill -INT $pid"
    assert.equal(130, run.status)
    assert.equal("\n", run.out:sub(-1))
    assert.is_true(#program.lines(run.out) > 0)
  end)
end)
