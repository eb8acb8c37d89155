-- Each policy on scripted targets: what it tries, in which order, and when it stops.
local loader = require "sonde.loader"
local sandbox = require "sonde.sandbox"
local program = require "spec.support.program"
local peer = require "spec.support.peer"   -- gives scripts their digests, too

local function load(name)
  local policy, problem = sandbox.run(program.read("scripts/policy/" .. name .. ".lua"), "scripts/policy/" .. name .. ".lua")
  return (assert(loader.as_policy(assert(policy, problem))))
end

-- Runs a policy; answers: { [handshake] = attempt }, silence where there is none. Returns what was tried, in order.
local function tried(name, setup, answers, watch)
  local calls = {}
  local target = {
    address = "192.0.2.1", port = 80, expected = setup.expected, expected_also = setup.also, syn_ack = setup.syn_ack,
    host = setup.host or {}, handshakes = setup.handshakes or {}, attempts = {},
  }
  function target.try(self, handshake, options)
    assert(self == target)
    calls[#calls + 1] = options and options.fresh and handshake .. " fresh" or handshake
    assert(#calls < 50, "no end")
    if watch then watch(handshake, options or {}) end
    local attempt = { handshake = handshake, outcome = "timeout", opened = true, sent = true, acked = true }
    for key, value in pairs((answers or {})[handshake] or {}) do attempt[key] = value end
    return attempt
  end
  load(name)(target)
  return table.concat(calls, " ")
end

local DATA = { outcome = "answered", data = "x" }
local SERVICE = { outcome = "answered", data = "x", service = "http" }
local NO_ACK = { outcome = "no_ack", acked = false }
local CLOSED_DOOR = { outcome = "filtered", opened = false }
local RESET = { outcome = "reset" }

describe("policy lzr", function()
  it("does not speak to a zero window", function()
    assert.equal("", tried("lzr", { expected = "http", syn_ack = { window = 0 } }))
  end)

  it("tries the expected protocol first, then wait, tls, http, dns, pptp, each on its own connection", function()
    assert.equal("ssh wait fresh tls fresh http fresh dns fresh pptp fresh",
      tried("lzr", { expected = "ssh", syn_ack = { window = 1 } }))
  end)

  it("tries no protocol twice", function()
    assert.equal("http wait fresh tls fresh dns fresh pptp fresh", tried("lzr", { expected = "http", syn_ack = { window = 1 } }))
    assert.equal("pptp wait fresh tls fresh http fresh dns fresh", tried("lzr", { expected = "pptp" }))
  end)

  it("begins with wait where nothing is expected of the port", function()
    assert.equal("wait tls fresh http fresh dns fresh pptp fresh", tried("lzr", {}))
  end)

  it("stops at the first data, known or not", function()
    for _, answer in ipairs { DATA, SERVICE } do
      assert.equal("ssh", tried("lzr", { expected = "ssh" }, { ssh = answer }))
      assert.equal("ssh wait fresh tls fresh", tried("lzr", { expected = "ssh" }, { tls = answer }))
    end
  end)

  it("stops at data that is never acknowledged", function()
    assert.equal("ssh wait fresh tls fresh http fresh", tried("lzr", { expected = "ssh" }, { http = NO_ACK }))
  end)

  it("stops where a further connection does not open", function()
    assert.equal("ssh wait fresh tls fresh", tried("lzr", { expected = "ssh" }, { tls = CLOSED_DOOR }))
  end)

  it("goes on after a reset, a close and silence", function()
    assert.equal("ssh wait fresh tls fresh http fresh dns fresh pptp fresh",
      tried("lzr", { expected = "ssh" }, { ssh = RESET, wait = { outcome = "closed" }, tls = RESET, http = RESET }))
  end)

  it("goes on where the socket transport shows no SYN-ACK", function()
    assert.equal("wait", tried("lzr", {}, { wait = DATA }))
  end)
end)

describe("policy wait-first", function()
  it("listens, then asks for what is expected, then the others", function()
    assert.equal("wait ssh tls http dns pptp", tried("wait-first", { expected = "ssh" }))
    assert.equal("wait http tls dns pptp", tried("wait-first", { expected = "http" }))
    assert.equal("wait tls http dns pptp", tried("wait-first", {}))
  end)

  it("listens once where waiting is all that is expected", function()
    assert.equal("wait tls http dns pptp", tried("wait-first", { expected = "wait" }))
  end)

  it("stops as lzr does", function()
    assert.equal("", tried("wait-first", { syn_ack = { window = 0 } }))
    assert.equal("wait", tried("wait-first", {}, { wait = DATA }))
    assert.equal("wait tls", tried("wait-first", {}, { tls = NO_ACK }))
    assert.equal("wait tls", tried("wait-first", {}, { tls = CLOSED_DOOR }))
    assert.equal("wait tls http dns pptp", tried("wait-first", {}, { tls = RESET }))
  end)
end)

describe("policy expected", function()
  it("tries the port's own protocol only, or waits where there is none", function()
    assert.equal("ssh", tried("expected", { expected = "ssh" }))
    assert.equal("wait", tried("expected", {}))
  end)
end)

describe("policy exhaustive", function()
  it("tries every handshake, each on a connection of its own, whatever comes", function()
    assert.equal("dns http fresh wait fresh",
      tried("exhaustive", { handshakes = { "dns", "http", "wait" } }, { dns = SERVICE, http = NO_ACK, wait = CLOSED_DOOR }))
  end)
end)

describe("policy sonde", function()
  it("does not speak to a zero window", function()
    assert.equal("", tried("sonde", { expected = "http", syn_ack = { window = 0 } }))
  end)

  it("asks for what is expected, then what is likeliest, nothing twice, and never waits after asking", function()
    assert.equal("http tls dns pptp", tried("sonde", { expected = "http" }))
    assert.equal("redis tls http dns pptp", tried("sonde", { expected = "redis" }))
  end)

  it("asks in the other form as well where machines of two kinds are asked in two", function()
    local setup = { expected = "small", also = "big" }
    assert.equal("small big tls http dns pptp", tried("sonde", setup))
    assert.equal("small", tried("sonde", setup, { small = SERVICE }))
    assert.equal("small big", tried("sonde", setup, { small = RESET, big = SERVICE }))
  end)

  it("waits where the expected protocol speaks first, and where nothing is expected, then asks on the same connection", function()
    assert.equal("wait tls http dns pptp", tried("sonde", { expected = "ssh" }))
    assert.equal("wait tls http dns pptp", tried("sonde", {}))
  end)

  it("waits for all protocols that speak first on a port of their own", function()
    local files = assert(io.popen "ls protocols/*.lua")
    for file in files:lines() do
      local protocol = peer.load(file:match "([%w_]+)%.lua$")
      if protocol.first == "server" and protocol.ports[1] then
        assert.equal("wait tls http dns pptp", tried("sonde", { expected = protocol.name }), protocol.name)
      end
    end
    files:close()
  end)

  it("stops at data, at what is never acknowledged, at a closed door and at an RST that explains itself", function()
    for _, answer in ipairs { DATA, SERVICE, NO_ACK, CLOSED_DOOR, { outcome = "reset", reset_payload = "BIG-IP System" } } do
      assert.equal("http tls", tried("sonde", { expected = "http" }, { tls = answer }))
    end
    assert.equal("http tls dns pptp", tried("sonde", { expected = "http" }, { tls = RESET, dns = { outcome = "closed" } }))
  end)

  it("is patient once: until a connection has lasted", function()
    local function timeouts(setup, answers)
      local list = {}
      tried("sonde", setup, answers, function(name, options) list[#list + 1] = name .. " " .. options.timeout end)
      return table.concat(list, ", ")
    end
    assert.equal("http 13, tls 3, dns 3, pptp 3", timeouts { expected = "http" })
    assert.equal("wait 1, tls 12, http 3, dns 3, pptp 3", timeouts {})
    assert.equal("http 13, tls 12, dns 3, pptp 3", timeouts({ expected = "http" }, { http = RESET }))
    assert.equal("wait 1, tls 12, http 4, dns 4, pptp 4", timeouts({}, { wait = { rtt = 0.25 } }))
  end)

  it("says why", function()
    local reasons = {}
    tried("sonde", { expected = "ssh" }, {}, function(name, options) reasons[name] = options.why end)
    assert.truthy(reasons.wait:find("ssh", 1, true))
    for _, name in ipairs { "wait", "tls", "http", "dns", "pptp" } do assert.is_true(#reasons[name] > 10, name) end
  end)

  it("asks two questions only of a host that was silent on four ports and answered on none", function()
    local host = {}
    for _ = 1, 4 do assert.equal("http tls dns pptp", tried("sonde", { expected = "http", host = host })) end
    assert.equal("http tls", tried("sonde", { expected = "http", host = host }))
    assert.equal("wait tls http", tried("sonde", { host = host }))
    assert.equal("http tls", tried("sonde", { expected = "http", host = host }, { tls = SERVICE }))
    assert.equal("http tls dns pptp", tried("sonde", { expected = "http", host = host }), "it answers: no firewall")
  end)
end)

-- Runs a policy on a target whose other ports answer as at(port) says; returns what it tried there, and the host's memory.
local function elsewhere(name, setup, at)
  local ports, host = {}, setup.host or {}
  local target = { address = "192.0.2.1", port = 80, expected = "http", host = host, attempts = {}, syn_ack = { window = 1 } }
  function target.try(_, handshake) return setup.try(handshake) end
  function target.at(_, port)
    return { try = function(_, handshake)
      ports[#ports + 1] = port .. " " .. handshake
      return at(port, #ports)
    end }
  end
  load(name)(target)
  return ports, host
end

local SILENT = { outcome = "timeout", opened = true, acked = true }
local function silence() return SILENT end

describe("policies with a host filter", function()
  for name, asks in pairs { ["ephemeral-filter"] = "newlines", ["syn-ack-filter"] = "wait", diagnose = "newlines" } do
    it("find a host that answers on five random ports: " .. name, function()
      local ports, host = elsewhere(name, { try = silence }, silence)
      assert.equal(5, #ports)
      assert.is_true(host.everywhere)
      for _, port in ipairs(ports) do
        local number, handshake = port:match "^(%d+) (.*)$"
        assert.is_true(tonumber(number) >= 32768 and tonumber(number) <= 60999)
        assert.equal(asks, handshake)
      end
    end)

    it("ask no further port after one that does not: " .. name, function()
      local ports, host = elsewhere(name, { try = silence }, function(_, count)
        return count < 3 and SILENT or { outcome = "filtered", opened = false }
      end)
      assert.same({ 3, false }, { #ports, host.everywhere })
    end)

    it("ask a host once, whatever the number of its ports: " .. name, function()
      local host = {}
      elsewhere(name, { try = silence, host = host }, silence)
      assert.same({}, (elsewhere(name, { try = silence, host = host }, silence)))
    end)

    it("wait for the target that asks, but not for ever: " .. name, function()
      local waits = 0
      local function wait(handshake)
        waits = waits + (handshake == "wait" and 1 or 0)
        return SILENT
      end
      assert.same({}, (elsewhere(name, { try = wait, host = { asking = true } }, silence)))
      assert.is_true(waits == 20 or waits == 21, waits)
    end)
  end

  it("take other numbers of ports, and other ranges", function()
    local filter = sandbox.run([[return require "sonde.host_filter"]], "x.lua")
    local ports = {}
    local target = { address = "192.0.2.1", host = {}, at = function(_, port)
      ports[#ports + 1] = port
      return { try = silence }
    end }
    assert.is_true(filter.answers(target, { ports = 2, first = 7000, last = 7000 }))
    assert.same({ 7000, 7000 }, ports)
    assert.has_error(function() filter.answers(target, { port = 2 }) end)
  end)
end)

describe("policy diagnose", function()
  local function first_only(handshake)
    return handshake == "http" and { outcome = "timeout", opened = true } or CLOSED_DOOR
  end

  it("says whom a host shuns: this port, where another still answers, or even refuses", function()
    for _, answer in ipairs { SILENT, { outcome = "refused", opened = false } } do
      local ports, host = elsewhere("diagnose", { try = first_only }, function() return answer end)
      assert.same({ 1, "port" }, { #ports, host.shuns })
    end
  end)

  it("says that a host shuns its visitor on all ports, where none of those tried answers", function()
    local ports, host = elsewhere("diagnose", { try = first_only, host = { ports = { 443, 80, 22 } } },
      function() return { outcome = "filtered", opened = false } end)
    assert.equal("address", host.shuns)
    assert.same({ "443 wait", "22 wait" }, { ports[1], ports[2] })
    assert.equal(3, #ports)
  end)

  it("waits for a window that is zero, and asks on only where it opens", function()
    local setup = { expected = "http", syn_ack = { window = 0 } }
    assert.equal("http", tried("diagnose", setup, { http = { outcome = "zero_window" } }))
    assert.equal("http wait fresh tls fresh", tried("diagnose", setup, { http = { window_opened = 3, acked = false },
      wait = { acked = false }, tls = { acked = false } }))
  end)
end)

describe("every policy", function()
  it("is tested here", function()
    local pipe = io.popen "ls scripts/policy"
    local names = pipe:read "*a"
    pipe:close()
    assert.equal("diagnose ephemeral-filter exhaustive expected jarm lzr sonde syn-ack-filter wait-first ",
      (names:gsub("%.lua\n", " ")))
  end)
end)

describe("policy jarm", function()
  local ANSWER = "c02f|0303||ff01"

  -- answers: by number; `default` for the others. Returns how many hellos were sent, and the fingerprint.
  local function run(answers, default)
    local sent, noted = 0, nil
    local target = {}
    function target.try(_, name)
      sent = sent + 1
      assert.equal(("jarm_%02d"):format(sent), name)
      local answer = answers[sent] or default
      if type(answer) == "table" then return answer end
      return { outcome = "answered", data = "x", service = "tls", fields = { [name] = answer } }
    end
    function target.note(_, name, text) noted = { name, text } end
    load "jarm"(target)
    return sent, noted and noted[1] == "jarm" and noted[2] or noted
  end

  it("sends ten hellos and notes what they come to", function()
    local sent, noted = run({ [3] = "|||" }, ANSWER)
    assert.equal(10, sent)
    assert.equal("29d29d000" .. ("29d"):rep(7), noted:sub(1, 30))
  end)

  it("takes a hello that is closed or reset for one without an answer, but not the first", function()
    local sent, noted = run({ [2] = { outcome = "reset" }, [9] = { outcome = "closed" } }, ANSWER)
    assert.same({ 10, "29d000" .. ("29d"):rep(6) .. "00029d" }, { sent, noted:sub(1, 30) })
    assert.same({ 1 }, { run({ { outcome = "closed" } }, ANSWER) })
  end)

  it("stops where the target speaks no TLS, or falls silent", function()
    assert.same({ 1 }, { run({ { outcome = "answered", data = "x", service = "http" } }, ANSWER) })
    assert.same({ 4 }, { run({ [4] = { outcome = "timeout" } }, ANSWER) })
  end)
end)
