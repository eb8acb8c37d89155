-- What every protocol must stand, from a table of its conversations: one call makes the specs of one protocol.
--
--   behaves("ssh", {
--     { "an OpenSSH server", conversation, fields = { ... }, sent = "...", outcome = "done", options = { ... } },
--     hostile = { { "a packet of 4 GiB", conversation, outcome = "mismatch", fields = { ... } }, ... },
--     wrong = "mismatch",         -- outcome of an HTTP 400 where the protocol is expected
--     growing = { "banner" },     -- fields that may hold a part of their final text when the answer stops short
--   })
--
-- Each conversation is also run one byte at a time, cut off at each byte, stopped at the first answer, and mutated.
local busted = require "busted"
local assert = require "luassert"
local damage = require "spec.fuzz.damage"
local generator = require "spec.fuzz.random"
local peer = require "spec.support.peer"

local describe, it = busted.describe, busted.it

local MUTATIONS = 100     -- per protocol; spec/fuzz_spec.lua has the many, this is for who writes one
local SEED = 7919         -- of the mutations
local MUTATED_SIZE = 2000 -- bytes that a mutated answer is taken to have, for the pieces it comes in
local CUTS_MAX = 400      -- cut-off points tried per conversation; longer ones are sampled
local NOT_HERE = "HTTP/1.1 400 Bad Request\r\nServer: httpd\r\nContent-Length: 11\r\n\r\nBad Request\r\n"
local NOT_HTTP = "220 ready when you are\r\n500 unknown command\r\n"

local function options_of(case, more)
  local options = {}
  for key, value in pairs(case.options or {}) do options[key] = value end
  for key, value in pairs(more or {}) do options[key] = value end
  return options
end

-- Whether `part` is what a shortened answer may leave of `whole`.
local function is_part(part, whole, growing)
  if type(part) == "table" and type(whole) == "table" then
    for index, value in ipairs(part) do
      if whole[index] ~= value then return false end
    end
    return true
  end
  return part == whole or growing and type(whole) == "string" and whole:sub(1, #part) == part
end

local function check_case(proto, case)
  it("learns from " .. case[1], function()
    local result = peer.run(proto, case[2], options_of(case))
    assert.same({ case.outcome or "done", case.fields }, { result.outcome, result.record })
    if case.sent then assert.equal(case.sent, result.sent) end
    local slow = peer.run(proto, case[2], options_of(case, { chunk = 1 }))
    assert.same({ result.outcome, result.record, result.sent }, { slow.outcome, slow.record, slow.sent })
  end)

  it("keeps what it learnt when cut off: " .. case[1], function()
    local whole = peer.run(proto, case[2], options_of(case))
    local step = math.max(1, math.floor(whole.delivered / CUTS_MAX))
    local known, outcomes = 0, { close = "closed", reset = "reset", silence = "timeout" }
    for length = 0, whole.delivered - 1, step do
      local ending = ({ "close", "reset", "silence" })[length % 3 + 1]
      local result = peer.run(proto, case[2], options_of(case, { truncate = length, ending = ending }))
      if result.outcome ~= "done" and result.outcome ~= "mismatch" then
        assert.equal(outcomes[ending], result.outcome)
      end
      local count = 0
      for name, value in pairs(result.record) do
        count = count + 1
        assert.is_true(is_part(value, whole.record[name], proto.growing[name]), ("%s at %d"):format(name, length))
      end
      assert.is_true(count >= known, ("fields lost at %d"):format(length))
      known = count
    end
  end)

  it("stops at the first answer: " .. case[1], function()
    local result = peer.run(proto, case[2], options_of(case, { first_answer = true }))
    assert.same({ "answered", {} }, { result.outcome, result.record })
    assert.equal(result.first_sent, result.sent)
  end)
end

local function check_hostile(proto, case)
  it("is not led astray by " .. case[1], function()
    for _, chunk in ipairs { false, 1 } do
      local result = peer.run(proto, case[2], options_of(case, { chunk = chunk or nil, ending = case.ending }))
      assert.equal(case.outcome or "mismatch", result.outcome)
      if case.fields then assert.same(case.fields, result.record) end
    end
  end)
end

local function check_endings(proto, wrong)
  it("waits for a silent peer until its deadline, and no longer", function()
    local result = peer.run(proto, {})
    assert.same({ "timeout", {}, proto.timeout }, { result.outcome, result.record, result.elapsed })
    assert.equal(proto.first == "client", #result.sent > 0)
  end)

  it("ends with a peer that closes or resets at once", function()
    assert.equal("closed", peer.run(proto, {}, { ending = "close" }).outcome)
    assert.equal("reset", peer.run(proto, {}, { ending = "reset" }).outcome)
  end)

  it("ends when its peer answers in another protocol", function()
    local answer = proto.name == "http" and NOT_HTTP or NOT_HERE
    for _, chunk in ipairs { #answer, 1 } do
      assert.equal(wrong, peer.run(proto, { answer }, { ending = "close", chunk = chunk }).outcome)
    end
  end)

  it("does not trust a peer that never stops", function()
    for _, bytes in ipairs { "a", "\n", "\0", "\255", "220-a\r\n", "\255\253\1", "* a\r\n" } do
      local flood = bytes:rep(math.floor(300 * 1024 / #bytes))
      local result = peer.run(proto, { flood }, { chunk = 16384 })
      assert.is_true(result.outcome ~= "timeout" and result.delivered <= 256 * 1024 + 16384, bytes)
    end
  end)
end

local function check_mutations(proto, cases)
  it(("survives %d mutated answers"):format(MUTATIONS), function()
    for seed = 1, MUTATIONS do
      local random = generator(SEED, seed)
      local case = cases[random(#cases) + 1]
      local conversation = damage.conversation(case[2], random, { NOT_HERE, NOT_HTTP })
      local options = options_of(case, damage.delivery(MUTATED_SIZE, random))
      options.seed = seed
      local ok, failure = pcall(peer.run, proto, conversation, options)
      assert.is_true(ok, ("seed %d: %s"):format(seed, tostring(failure)))
    end
  end)
end

return function(name, cases)
  local proto = peer.load(name)
  local growing = {}
  for _, field in ipairs(cases.growing or {}) do growing[field] = true end
  proto.growing = growing
  describe("protocol " .. name, function()
    for _, case in ipairs(cases) do check_case(proto, case) end
    for _, case in ipairs(cases.hostile or {}) do check_hostile(proto, case) end
    check_endings(proto, cases.wrong or "mismatch")
    check_mutations(proto, cases)
  end)
end
