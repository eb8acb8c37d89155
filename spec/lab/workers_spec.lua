-- One and two workers against a real kernel: every target once, whoever is killed; the rate kept; nothing left behind. Two
-- namespaces of our own, joined by a veth pair with two queues; the far one has every address of 198.18.0.0/16, and a server on
-- port 80.
local bit = require "bit"
local cjson = require "cjson"
local namespaces = require "spec.lab.namespaces"

local await, must, pause, read, run = namespaces.await, namespaces.must, namespaces.pause, namespaces.read, namespaces.run
local PROGRAM = os.getenv "SONDE" or "./sonde"
local START_MAX, END_MAX = 0.2, 0.2   -- seconds
local RATE = 10000
-- Of a second's packets at the far side: what is promised, and half a percent for the time that frames spend between the clock
-- that paces them and the one that stamps them (veth's queue, another core's interrupt).
local MOST, LEAST, NOISE = 0.01, 0.02, 0.005
local ATTEMPTS = 3

local sides, home, server

-- Starts a command in the background; returns its process id (of the command itself, which must `exec`).
local function start(command, out)
  os.execute(("(%s) > %s 2>&1 < /dev/null & echo $! > %s.pid"):format(command, out, out))
  return (assert(tonumber((read(out .. ".pid")))))
end

-- One that has ended may still be there for whoever is to hear of it.
local function alive(process)
  local state = (read(("/proc/%d/stat"):format(process)) or ""):match "%) (%a)"
  return state ~= nil and state ~= "Z"
end

local function build()
  home = must("mktemp -d"):gsub("\n", "")
  must("chmod 777 " .. home)
  sides = namespaces.pair("workers", 2)
  sides:inside("near", "ethtool -K near0 tx off tso off gso off gro off")
  sides:inside("far", "ethtool -K far0 tx off tso off gso off gro off")
  sides:near "addr add 198.19.255.2/30 dev near0"
  sides:far "addr add 198.19.255.1/30 dev far0"
  sides:up()
  sides:near "route add 198.18.0.0/16 via 198.19.255.1"
  sides:far "route add local 198.18.0.0/16 dev lo"
  sides:inside("far", "sysctl -qw net.ipv4.tcp_max_syn_backlog=8192 net.core.somaxconn=8192")
  server = start("exec " .. sides:command("far", "chrt -f 10 luajit spec/lab/workers_inside.lua"), home .. "/server")
  assert(await(function() return (read(home .. "/server") or ""):find "ready" end, 5), "the server does not start")
end

local function tear_down()
  if server then run("kill -9 " .. server) end
  if sides then sides:remove() end
  if home then run("rm -rf " .. home) end
end

-- A scan in the background: scan.pid is the master's. More `words` may override the options here; `name` tells it from another
-- that runs at the same time.
local function begin(workers, words, name)
  local scan = {}
  for _, what in ipairs { "out", "summary", "log", "status", "started" } do
    scan[what] = ("%s/%s%s"):format(home, name or "", what)
    os.remove(scan[what])
  end
  -- A real-time priority, so that what else this machine does cannot take the cores away from what is measured.
  local command = sides:command("near", ("chrt -f 20 %s scan --no-default-blocklist -q --workers %d -o %s --summary %s "
    .. "--policy wait-first %s"):format(PROGRAM, workers, scan.out, scan.summary, words))
  os.execute(("setsid bash -c '%s > %s 2>&1 < /dev/null & echo $! > %s; wait $!; echo $? > %s.part; mv %s.part %s' "
    .. "2> /dev/null &"):format(command, scan.log, scan.started, scan.status, scan.status, scan.status))
  scan.pid = assert(await(function() return tonumber((read(scan.started) or ""):match "%d+\n") end, 5))
  return scan
end

local function children(process)
  local list = {}
  for child in (read(("/proc/%d/task/%d/children"):format(process, process)) or ""):gmatch "%d+" do
    list[#list + 1] = tonumber(child)
  end
  return list
end

local function await_workers(scan)
  assert(await(function() return #children(scan.pid) == 2 end, 5), "there are no two workers: " .. (read(scan.log) or ""))
end

-- Its end: records by address (each once), the summary, the exit status.
local function finish(scan, seconds)
  local status = await(function() return tonumber(read(scan.status) or "") end, seconds or 30)
  assert(status, "still running: " .. (read(scan.log) or ""))
  scan.code, scan.records, scan.count = status, {}, 0
  local text = read(scan.out) or ""
  assert.is_true(#text == 0 or text:sub(-1) == "\n", "the last line is whole")
  for line in text:gmatch "[^\n]+" do
    local record = cjson.decode(line)
    assert.is_nil(scan.records[record.address], "two records of " .. record.address)
    scan.records[record.address] = record
    scan.count = scan.count + 1
  end
  local summary = read(scan.summary) or ""
  assert.are_not.equal("", summary, read(scan.log))
  scan.found = cjson.decode(summary)
  return scan
end

-- What the counters promise, whatever happened to the workers.
local function assert_adds_up(scan)
  local counters, dropped, verdicts = scan.found.counters, 0, 0
  for name, value in pairs(counters) do
    if name:find "^dropped_" and name ~= "dropped_kernel" then dropped = dropped + value end
  end
  for _, count in pairs(scan.found.verdicts) do verdicts = verdicts + count end
  assert.equal(counters.frames_received, counters.frames_used + dropped)
  assert.equal(scan.count, counters.records)
  assert.equal(scan.count, verdicts)
end

-- What keeps the kernel still, or from seeing what is ours: tables of the packet filter, and programs on the interface.
local function tables() return (sides:tables()) end
local function programs() return sides:near("link show near0"):match "prog/xdp" or "" end

local function notes_like(scan, pattern)
  local count = 0
  for _, note in ipairs(scan.found.notes) do count = count + (note:find(pattern) and 1 or 0) end
  return count
end

-- Records what passes the far end while use() runs; returns the times of all frames that came, and of all.
local function captured(use)
  local path, log = home .. "/frames", home .. "/tcpdump"
  os.remove(path)
  local listener = start("exec " .. sides:command("far", "chrt -f 30 tcpdump -Z root -U --immediate-mode -B 65536 -s 60 -n "
    .. "-i far0 --time-stamp-precision=nano -w " .. path .. " tcp"), log)
  assert(await(function() return (read(log) or ""):find "listening on" end, 10), "tcpdump does not start")
  local ok, why = pcall(use)
  local size = 0
  await(function()
    local before = size
    size = #(read(path) or "")
    pause(0.1)
    return size == before
  end, 10)
  run("kill " .. listener)
  await(function() return not alive(listener) end, 5)
  if not ok then error(why, 0) end
  assert((read(log) or ""):find "0 packets dropped by kernel", "tcpdump lost frames")
  local bytes, at, came, all = read(path), 24, {}, {}
  local function word(offset)
    local a, b, c, d = bytes:byte(offset + 1, offset + 4)
    return a + b * 256 + c * 65536 + d * 16777216
  end
  while at + 16 <= #bytes do
    local length, time = word(at + 8), word(at) + word(at + 4) / 1e9
    all[#all + 1] = time
    if bytes:byte(at + 16 + 27) == 198 and bytes:byte(at + 16 + 28) == 19 then came[#came + 1] = time end
    at = at + 16 + length
  end
  return came, all
end

-- The most and the fewest frames in a second, between two times.
local function extremes(times, from, to)
  local most, least, last = 0, math.huge, 1
  for first = 1, #times do
    while last < #times and times[last + 1] < times[first] + 1 do last = last + 1 end
    if times[first] >= from then most = math.max(most, last - first + 1) end
    -- Just behind this frame a second begins without it.
    if times[first] >= from and times[first] + 1 <= to then least = math.min(least, last - first) end
  end
  return most, least
end

describe("workers", function()
  if not namespaces.is_root then
    pending "workers against a real kernel: root is needed"
    return
  end

  setup(function()
    local ok, message = pcall(build)
    if not ok then
      tear_down()
      error(message, 0)
    end
  end)
  teardown(tear_down)

  for _, workers in ipairs { 1, 2 } do
    describe(workers == 1 and "alone" or "as two", function()
      local FIND = "198.18.0.0/22 -p 80 --rate 10k --retries 0 --cooldown 100ms --link "

      local function assert_found(scan)
        assert.equal(0, scan.code, read(scan.log))
        assert.same({ 1024, workers }, { scan.count, scan.found.workers })
        assert.equal(1024, scan.found.services.ssh)
        assert.equal(1024, scan.found.counters.targets)
        assert.same({}, scan.found.notes)
        assert_adds_up(scan)
        assert.same({ "", "" }, { tables(), programs() })
      end

      it("find every target once, begin at once and end at once", function()
        local scan, began, ended
        local came, all = captured(function()
          began = tonumber(must "date +%s.%N")
          scan = finish(begin(workers, FIND .. "ring"))
          ended = tonumber(must "date +%s.%N")
        end)
        assert_found(scan)
        assert.is_true(came[1] - began <= START_MAX, ("first packet after %.3f s"):format(came[1] - began))
        assert.is_true(ended - all[#all] <= END_MAX, ("end %.3f s after the last packet"):format(ended - all[#all]))
      end)

      for _, link in ipairs { "xdp", "pcap" } do
        it("find every target once over " .. link, function() assert_found(finish(begin(workers, FIND .. link))) end)
      end

      it("keep the rate over all packets, also after a pause", function()
        local stopped, went_on
        local function use()
          local scan = begin(workers,
            ("198.18.0.0/17 -p 81 --max-targets 26000 --rate %d --retries 0 --cooldown 0s"):format(RATE))
          if workers == 2 then await_workers(scan) end
          pause(1.2)
          local stop = workers == 1 and { scan.pid } or children(scan.pid)
          assert.equal(workers, #stop)
          run("kill -STOP " .. table.concat(stop, " "))
          stopped = tonumber(must "date +%s.%N")
          pause(0.3)
          went_on = tonumber(must "date +%s.%N")
          run("kill -CONT " .. table.concat(stop, " "))
          assert.equal(0, finish(scan).code)
        end
        -- Never more than the rate. Fewer may be the doing of a machine that takes the cores away: not every time.
        local least
        for _ = 1, ATTEMPTS do
          local came = captured(use)
          local most = extremes(came, came[1], came[#came])
          assert.is_true(most <= RATE * (1 + MOST + NOISE), ("%d in a second"):format(most))
          local _, before = extremes(came, came[1], stopped - 0.02)
          local _, after = extremes(came, went_on + 0.02, came[#came])
          least = math.min(before, after)
          if least >= RATE * (1 - LEAST - NOISE) then return end
        end
        error(("%d in a second"):format(least))
      end)

      it("finish what is open when they are interrupted", function()
        local scan = begin(workers, "198.18.0.0/17 -p 80 --rate 5k")
        assert(await(function() return #(read(scan.out) or "") > 0 end, 5))
        -- As a terminal's Ctrl-C does it: to all processes at once.
        local all = table.concat(children(scan.pid), " ") .. " " .. scan.pid
        run("kill -INT " .. all)
        finish(scan, 8)
        assert.equal(130, scan.code)
        assert.equal("interrupted", scan.found.state)
        assert.equal(scan.found.counters.syn_acks, scan.count)
        assert_adds_up(scan)
        assert.equal("", tables())
      end)
    end)
  end

  it("that are killed are started again, and every target is answered once", function()
    -- Two scans at once, each over a link of its own.
    local scans = {}
    for i, link in ipairs { "ring", "xdp" } do
      scans[i] = begin(2, ("198.18.0.0/20 -p 80 --rate 4k --cooldown 100ms --link %s --source-ports %d-%d"):format(link,
        59000 + 2000 * i, 60999 + 2000 * i), link)
    end
    for _, scan in ipairs(scans) do await_workers(scan) end
    local killed = 0
    for _, which in ipairs { 1, 2, 1 } do
      pause(0.25)
      for _, scan in ipairs(scans) do
        local list = children(scan.pid)
        run("kill -9 " .. (list[which] or list[1]))
      end
      killed = killed + 1
    end
    for _, scan in ipairs(scans) do
      finish(scan)
      assert.equal(0, scan.code, read(scan.log))
      assert.equal(4096, scan.count)
      assert_adds_up(scan)
      assert.equal(killed, notes_like(scan, "killed by signal 9 %(Killed%)%) and was started again"))
      local counters = scan.found.counters
      assert.is_true(counters.targets_repeated > 0)
      assert.equal(counters.targets, counters.probes)
    end
    assert.same({ "", "" }, { tables(), programs() })
  end)

  it("are started again so many times, and then the scan says that it is not complete", function()
    local scan = begin(2, "198.18.0.0/20 -p 81 --rate 2k --retries 0 --cooldown 0s")
    local victim
    for _ = 1, 9 do
      victim = assert(await(function()
        for _, child in ipairs(children(scan.pid)) do
          -- The same worker each time: the one whose ports are the first half. A new process has the highest number.
          if child ~= victim and (not victim or child > victim) then return child end
        end
      end, 5))
      if not victim then break end
      run("kill -9 " .. victim)
      await(function() return not alive(victim) end, 2)
    end
    -- The others are of the other worker, or of this one in its last life: end them the hard way, too.
    for _ = 1, 12 do
      local list = children(scan.pid)
      if #list == 0 then break end
      run("kill -9 " .. list[#list])
      pause(0.05)
    end
    finish(scan)
    assert.equal(1, scan.code)
    assert.equal("failed", scan.found.state)
    local sentence = "ended 9 times, at last: killed by signal 9 %(Killed%); a part of its targets is not done"
    assert.truthy(scan.found.failure:find(sentence))
  end)

  it("that are stuck in a script are killed, and go on without that target", function()
    local policy = home .. "/stuck.lua"
    local file = assert(io.open(policy, "w"))
    file:write [[
return function(target)
  if target.address == "198.18.0.77" then string.find(("a"):rep(60), ("a?"):rep(60) .. ("a"):rep(60) .. "b") end
  target:try "wait"
end
]]
    file:close()
    local scan = finish(begin(2, "198.18.0.0/25 -p 80 --rate 1k --retries 0 --cooldown 100ms --policy " .. policy))
    assert.equal(0, scan.code, read(scan.log))
    assert.equal(128, scan.count)
    assert.equal("script_error", scan.records["198.18.0.77"].verdict)
    assert.equal("the script could not be stopped: its worker was killed", scan.records["198.18.0.77"].error)
    assert.same({ script_error = 1, service = 127 }, scan.found.verdicts)
    assert.equal(1, notes_like(scan, "stuck in the script of 198.18.0.77:80"))
    assert.equal(1, scan.found.counters.script_errors)
    assert_adds_up(scan)
  end)

  -- By the core itself, which is told to lose patience after a fraction of a second; SIGSTOP for a worker in its middle.
  local function silenced(how)
    local out, log = home .. "/core", home .. "/core.log"
    os.remove(out)
    local status, text = run(sides:command("near", ("chrt -f 20 timeout 20 luajit spec/lab/workers_core.lua %s %s 0.3 2> %s")
      :format(how, out, log)))
    assert(status == 0, read(log))
    return cjson.decode(text), select(2, read(out):gsub("\n", ""))
  end

  it("that tell nothing any more are killed and started again", function()
    local found, records = silenced "go"
    assert.equal(2048, records)
    assert.equal(1, #found.notes)
    local sentence = "^worker %d of 2 ended %(it was killed because it told nothing any more%) and was started again"
    assert.truthy(found.notes[1]:find(sentence))
    assert.equal(2048, found.counters.records)
  end)

  it("that tell nothing any more keep nobody from ending", function()
    local found, records = silenced "stop"
    assert.equal(1, #found.notes)
    assert.truthy(found.notes[1]:find "%(it was killed because it told nothing any more%) while the scan was stopping")
    assert.equal(records, found.counters.records)
    assert.equal("", tables())
  end)

  for _, link in ipairs { "ring", "xdp" } do
    it("have no privileges left, and end with their master, and with them what kept the kernel still: " .. link, function()
      local scan = begin(2, "198.18.0.0/17 -p 81 --rate 1k --link " .. link)
      await_workers(scan)
      local function rights(process)
        local text = read(("/proc/%d/status"):format(process))
        return text:match "CapPrm:%s*(%x+)", text:match "Uid:%s*(%d+)"
      end
      local list = children(scan.pid)
      for _, child in ipairs(list) do
        assert(await(function() return tonumber((rights(child)), 16) == 0 end, 2))
        assert.are_not.equal("0", select(2, rights(child)))
      end
      local kept, user = rights(scan.pid)
      -- CAP_NET_ADMIN, CAP_NET_RAW, CAP_IPC_LOCK
      assert.equal(bit.lshift(1, 12) + bit.lshift(1, 13) + bit.lshift(1, 14), tonumber(kept, 16))
      assert.are_not.equal("0", user)
      assert.truthy(tables():find "sonde_")
      assert.equal(link == "xdp" and "prog/xdp" or "", programs())
      run("kill -9 " .. scan.pid)
      assert.is_true(await(function() return not alive(list[1]) and not alive(list[2]) end, 2))
      assert.is_true(await(function() return tables() .. programs() == "" end, 2))
    end)
  end

  it("stop together at --max-results", function()
    local scan = finish(begin(2, "198.18.0.0/17 -p 80 --rate 5k --max-results 200 --retries 0 --cooldown 0s"))
    assert.equal(0, scan.code)
    assert.is_true(scan.count >= 200 and scan.count < 3500, tostring(scan.count)) -- 500 ms more are open by then
  end)

  it("are one where several cannot be, and a sentence says so", function()
    local scan = finish(begin(2, "198.18.0.1 -p 80 --retries 0 --cooldown 500ms"))
    assert.same({ 1, 1 }, { scan.found.workers, scan.count })
    assert.equal(1, notes_like(scan, "^1 worker: there are no addresses"))
    scan = finish(begin(2, "198.18.0.0/28 -p 80 --retries 0 --cooldown 100ms --bandwidth 1M"))
    assert.same({ 1, 16 }, { scan.found.workers, scan.count })
    assert.equal(1, notes_like(scan, "^1 worker: there are no addresses, rate"))
    scan = finish(begin(2, "198.18.0.1 198.18.0.2 -p 80 --retries 0 --cooldown 500ms --trace " .. home .. "/trace"))
    assert.same({ 1, 2 }, { scan.found.workers, scan.count })
    assert.equal(1, notes_like(scan, "^one worker: %-%-trace"))
    -- Over lo it is tried out whether the kernel keeps still. Ports of its own: nothing that is late may come for those.
    sides:near "link set lo down"
    scan = finish(begin(2, "198.18.0.0/28 -p 80 --retries 0 --cooldown 100ms --link xdp --source-ports 40000-40999"))
    sides:near "link set lo up"
    assert.same({ 1, 16, 1 }, { scan.found.workers, scan.count, #scan.found.notes })
    assert.equal(1, notes_like(scan, "^one worker: "))
    scan = finish(begin(3, "198.18.0.0/28 -p 80 --retries 0 --cooldown 500ms --link xdp"))
    assert.same({ 3, 16 }, { scan.found.workers, scan.count })
    assert.equal(1, notes_like(scan, "^using the ring link: near0 has 2 queues, and each of 3 workers would need one"))
  end)
end)
