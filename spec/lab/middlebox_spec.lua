-- Defences on a real link: Linux behind nftables, and hosts whose TCP is odd, get the verdicts that their simulated twins get.
-- For each link, with one worker and with two, two namespaces of our own, joined by a veth pair; all are tried at the same time.
local cjson = require "cjson"
local namespaces = require "spec.lab.namespaces"

local WORLD = "spec/lab/middlebox_world.lua"
local SONDE = os.getenv "SONDE" or "./sonde"
local PORT = 7000
local NET = "198.18.64."
local TARGETS = { NET .. "1-" .. NET .. "11", NET .. "21-" .. NET .. "26" }
local SECONDS = 60   -- after which a scan has failed; it takes ten
local SIGNS = { "half_open", "window_opened", "echo", "tarpit", "shuns", "everywhere" }

-- What is at NET .. n: a kind of server in spec/lab/middlebox_servers.lua, or a behaviour of spec/lab/middlebox_responder.lua.
local SERVERS = {
  [1] = "silent", [2] = "echo", [3] = "close", [4] = "reset", [5] = "silent", [6] = "silent", [7] = "silent", [8] = "silent",
  [9] = "silent", [12] = "silent",
}
local ODD = {
  [21] = "no_ack", [22] = "zero_window", [23] = "slow_window", [24] = "tarpit", [25] = "big_ip", [26] = "close_before_ack",
}

-- A packet of more than 60 bytes without SYN has data in it: 20 of IP, 20 of TCP, 12 of timestamps.
local RULES = [[
table ip middlebox {
  set visitors { type ipv4_addr . ipv4_addr; flags dynamic; timeout 2m; }
  chain input {
    type filter hook input priority 0;
    ip daddr NET5 tcp flags & syn == 0 drop
    ip daddr NET6 tcp flags & syn == 0 ip length > 60 reject with tcp reset
    ip daddr NET7 tcp flags syn ip saddr . ip daddr @visitors drop
    ip daddr NET7 tcp flags syn add @visitors { ip saddr . ip daddr }
    ip daddr NET8 tcp dport PORT tcp flags syn ip saddr . ip daddr @visitors drop
    ip daddr NET8 tcp dport PORT tcp flags syn add @visitors { ip saddr . ip daddr }
    ip daddr NET10 drop
    ip daddr NET12 tcp flags syn ip daddr . ip daddr @visitors drop
    ip daddr NET12 tcp flags syn add @visitors { ip daddr . ip daddr }
  }
  chain everywhere {
    type nat hook prerouting priority -100;
    ip daddr NET9 tcp dport 1-65535 dnat to NET9:PORT
  }
}
]]

local must, run = namespaces.must, namespaces.run

local function read(path) return namespaces.read(path) or "" end

local directory = os.tmpname()

-- The ways that are tried, by name: { link, workers, and their namespaces once they are there }.
local ways = {
  ring = { "ring", 1 }, ["ring by two workers"] = { "ring", 2 }, xdp = { "xdp", 1 }, ["xdp by two workers"] = { "xdp", 2 },
}
local started = {}

-- Starts a program that prints its process id when it is ready.
local function start(sides, words)
  local log = ("%s/%d"):format(directory, #started + 1)
  os.execute(("%s > %s 2>&1 &"):format(sides:command("far", "luajit " .. words), log))
  for _ = 1, 200 do
    local id = read(log):match "^(%d+)\n"
    if id then
      started[#started + 1] = id
      return
    end
    os.execute "sleep 0.05"
  end
  error("nothing started: " .. read(log))
end

local function hosts(list)
  local words = {}
  for number, kind in pairs(list) do words[#words + 1] = NET .. number .. "=" .. kind end
  return table.concat(words, " ")
end

local function build(name, way)
  local sides = namespaces.pair("mb-" .. name:gsub("%W", ""), way[2])
  way.sides = sides
  sides:near "addr add 198.18.0.1/24 dev near0"
  sides:far "addr add 198.18.0.2/24 dev far0"
  sides:up()
  sides:near(("route add %s0/24 via 198.18.0.2"):format(NET))
  for number = 3, 5 do sides:near(("addr add 198.18.0.%d/24 dev near0"):format(number)) end
  for number = 1, 12 do sides:far(("addr add %s%d/32 dev lo"):format(NET, number)) end
  local rules = directory .. "/rules"
  local file = assert(io.open(rules, "w"))
  file:write((RULES:gsub("NET", NET):gsub("PORT", PORT)))
  file:close()
  sides:inside("far", "nft -f " .. rules)
  start(sides, ("spec/lab/middlebox_servers.lua %d %s"):format(PORT, hosts(SERVERS)))
  start(sides, "spec/lab/middlebox_responder.lua far0 " .. hosts(ODD))
end

local function tear_down()
  for _, id in ipairs(started) do run("kill -9 " .. id) end
  for _, way in pairs(ways) do
    if way.sides then way.sides:remove() end
  end
  run("rm -rf " .. directory)
end

local COMMON = ("--policy diagnose --all --timeout 1500ms --rate 1000 -q -p %d %s"):format(PORT, table.concat(TARGETS, " "))

-- What the records say, one line for each target.
local function findings(lines)
  local found = {}
  for line in lines:gmatch "[^\n]+" do
    local record = cjson.decode(line)
    local words = { record.verdict }
    for _, name in ipairs(SIGNS) do
      if record[name] ~= nil then words[#words + 1] = name .. "=" .. tostring(record[name]) end
    end
    for _, attempt in ipairs(record.attempts) do words[#words + 1] = attempt.reset_payload end
    local number = tonumber(record.address:match "%.(%d+)$")
    assert.is_nil(found[number], "two records of " .. record.address)
    found[number] = table.concat(words, " ")
  end
  return found
end

-- One scan for each way, all at once; way.found: what its records say.
local function scan_all()
  local words = {}
  for name, way in pairs(ways) do
    way.out = directory .. "/" .. name:gsub("%W", "")
    words[#words + 1] = ("(%s > %s 2> %s.err; echo $? > %s.status) &"):format(way.sides:command("near",
      ("timeout %d %s scan %s --no-default-blocklist --link %s --workers %d -i near0 -o -"):format(SECONDS, SONDE, COMMON, way[1],
      way[2])), way.out, way.out, way.out)
  end
  os.execute(table.concat(words, "\n") .. "\nwait")
  for name, way in pairs(ways) do
    assert(read(way.out .. ".status") == "0\n", name .. ": " .. read(way.out .. ".err"))
    way.found = findings(read(way.out))
  end
end

describe("middleboxes on a real link", function()
  if not namespaces.is_root then
    pending "middleboxes: root is needed"
    return
  end

  local expected

  setup(function()
    os.remove(directory)
    must("mkdir " .. directory)
    local ok, message = pcall(function()
      for name, way in pairs(ways) do build(name, way) end
      expected = findings(must(("%s scan --link sim:%s %s --seed 1 -o - 2>/dev/null"):format(SONDE, WORLD, COMMON)))
      scan_all()
    end)
    if not ok then
      tear_down()
      error(message, 0)
    end
  end)
  teardown(tear_down)

  it("are all told apart in simulation", function()
    assert.same({
      [1] = "silent", [2] = "unidentified echo=true", [3] = "closed_after_data", [4] = "reset_after_data",
      [5] = "no_ack half_open=true", [6] = "reset", [7] = "shunned shuns=address", [8] = "shunned shuns=port",
      [9] = "silent everywhere=true", [10] = "filtered", [11] = "refused", [21] = "no_ack",
      [22] = "zero_window window_opened=false", [23] = "silent window_opened=true", [24] = "silent tarpit=true everywhere=true",
      [25] = "reset BIG-IP System: [0x1f35b2c:1187] No local listener", [26] = "closed",
    }, expected)
  end)

  -- Two connections to each of two hosts that shun: one its visitor, one everybody. Returns which opened.
  local function twice(sources)
    local policy, out = directory .. "/twice.lua", {}
    local file = assert(io.open(policy, "w"))
    file:write "return function(target) target:try 'http' target:try('tls', { fresh = true }) end"
    file:close()
    local words = { ways.ring.sides:command("near", "timeout"), SECONDS, SONDE, "scan -q -p", PORT, NET .. "7", NET .. "12",
      "--no-default-blocklist -i near0 -o - --timeout 300ms --retries 0 --cooldown 100ms --policy", policy }
    for _, source in ipairs(sources) do words[#words + 1] = "--source-address " .. source end
    local status, text = run(table.concat(words, " "))
    if status ~= 0 then return text end
    for line in text:gmatch "[^\n]+" do
      local record = cjson.decode(line)
      for i, attempt in ipairs(record.attempts) do out[record.address .. "/" .. i] = attempt.opened end
    end
    return out
  end

  it("that shun a visitor answer another source address, and those that shun everybody do not", function()
    local one, other = NET .. "7/", NET .. "12/"
    assert.same({ [one .. 1] = true, [one .. 2] = true, [other .. 1] = true, [other .. 2] = false },
      twice { "198.18.0.3", "198.18.0.4" })
    assert.same({ [one .. 1] = true, [one .. 2] = false }, twice { "198.18.0.5" })
  end)

  it("are asked from this machine's addresses only", function()
    assert.truthy(twice { "198.18.0.3", "198.18.0.99" }:find("198.18.0.99 is no address of this machine", 1, true))
    assert.truthy(twice { "198.18.0.3", "198.18.0.4", "198.18.0.5" }:find("more than twice", 1, true))
  end)

  for name, way in pairs(ways) do
    it("get the same verdicts as their simulated twins: " .. name, function()
      assert.same(expected, way.found)
    end)
  end
end)
