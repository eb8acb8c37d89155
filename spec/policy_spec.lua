-- Each policy on scripted targets: what it tries, in which order, and when it stops.
local sandbox = require "sonde.sandbox"
local program = require "spec.support.program"

local function load(name)
  local policy, problem = sandbox.run(program.read("scripts/policy/" .. name .. ".lua"), "scripts/policy/" .. name .. ".lua")
  return assert(policy, problem)
end

-- Runs a policy; answers: { [handshake] = attempt }, silence where there is none. Returns what was tried, in order.
local function tried(name, setup, answers)
  local calls = {}
  local target = {
    address = "192.0.2.1", port = 80, expected = setup.expected, syn_ack = setup.syn_ack, host = {},
    handshakes = setup.handshakes or {}, attempts = {},
  }
  function target.try(self, handshake, options)
    assert(self == target)
    calls[#calls + 1] = options and options.fresh and handshake .. " fresh" or handshake
    assert(#calls < 50, "no end")
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

  it("tries the expected protocol first, then wait, tls, http, dns, pptp", function()
    assert.equal("ssh wait fresh tls fresh http fresh dns fresh pptp fresh", tried("lzr", { expected = "ssh", syn_ack = { window = 1 } }))
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
    assert.equal("ssh wait tls http dns pptp",
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
    assert.equal("dns fresh http fresh wait fresh",
      tried("exhaustive", { handshakes = { "dns", "http", "wait" } }, { dns = SERVICE, http = NO_ACK, wait = CLOSED_DOOR }))
  end)
end)

describe("every policy", function()
  it("is tested here", function()
    local pipe = io.popen "ls scripts/policy"
    local names = pipe:read "*a"
    pipe:close()
    assert.equal("exhaustive.lua\nexpected.lua\nlzr.lua\nwait-first.lua\n", names)
  end)
end)
