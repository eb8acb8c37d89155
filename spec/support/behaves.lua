-- What every protocol must stand, from a table of its conversations: one call makes the specs of one protocol.
--
--   behaves("ssh", {
--     { "an OpenSSH server", conversation, fields = { ... }, sent = "...", outcome = "done", options = { ... } },
--     { "an OpenSSH server, live", replay = "ssh.jsonl", fields = { ... } },   -- of spec/replays, from sonde probe --save
--     hostile = { { "a packet of 4 GiB", conversation, outcome = "mismatch", fields = { ... } }, ... },
--     wrong = "mismatch",         -- outcome of an HTTP 400 where the protocol is expected
--     growing = { "banner" },     -- fields that may hold a part of their final text when the answer stops short
--   })
--
-- Each conversation is also run one byte at a time, cut off at each byte, stopped at the first answer, and mutated.
-- The protocol and the replays are those beside the spec: of a directory of one's own, or of this tree.
local busted = require "busted"
local assert = require "luassert"
local behaviour = require "sonde.behaviour"
local damage = require "spec.fuzz.damage"
local exchange = require "sonde.exchange"
local generator = require "spec.fuzz.random"
local peer = require "spec.support.peer"

local describe, it = busted.describe, busted.it

local MUTATIONS = 100     -- per protocol; spec/fuzz_spec.lua has the many, this is for who writes one
local SEED = 7919         -- of the mutations
local MUTATED_SIZE = 2000 -- bytes that a mutated answer is taken to have, for the pieces it comes in

-- The directory that holds protocols/ and spec/, by the place of the spec that called; nil for the current one.
local function root_of(level)
  local source = debug.getinfo(level, "S").source
  return source:match "^@(.+)/spec/protocols/[^/]*$"
end

-- Where busted runs, the program's JSON comes straight from its library.
local function unbase64(text)
  local json = assert(package.loadlib(os.getenv "SONDE_CORE" or "build/release/sonde_core.so", "lua_json_open"))()
  return json.unbase64(text)
end

-- The first exchange of a protocol in a recording.
local function read_exchange(path, name)
  for _, each in ipairs(assert(exchange.read(path, unbase64))) do
    if each.handshake == name then return each end
  end
end

-- A case with its conversation, where it names a replay.
local function filled(name, case, root)
  if not case.replay then return case end
  local path = (root and root .. "/" or "") .. "spec/replays/" .. case.replay
  local found = assert(read_exchange(path, name), path .. ": holds no handshake of " .. name)
  local out = { case[1], exchange.conversation(found), outcome = found.outcome, options = exchange.options(found) }
  for key, value in pairs(case) do out[key] = value end
  return out
end

local function check_mutations(proto, cases)
  it(("survives %d mutated answers"):format(MUTATIONS), function()
    for seed = 1, MUTATIONS do
      local random = generator(SEED, seed)
      local case = cases[random(#cases) + 1]
      local conversation = damage.conversation(case[2], random, { behaviour.NOT_HERE, behaviour.NOT_HTTP })
      local options = {}
      for key, value in pairs(case.options or {}) do options[key] = value end
      for key, value in pairs(damage.delivery(MUTATED_SIZE, random)) do options[key] = value end
      options.seed = seed
      local ok, failure = pcall(peer.run, proto, conversation, options)
      assert.is_true(ok, ("seed %d: %s"):format(seed, tostring(failure)))
    end
  end)
end

return function(name, given)
  local root, cases = root_of(3), {}
  local proto = peer.load(name, root)
  for key, value in pairs(given) do cases[key] = type(key) == "number" and filled(name, value, root) or value end
  describe("protocol " .. name, function()
    for _, check in ipairs(behaviour.checks(proto, cases)) do it(check.title, check.run) end
    check_mutations(proto, cases)
  end)
end
