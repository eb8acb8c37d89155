-- Every protocol's handshake against wrong answers: of its own conversations, of other protocols', or without any form.
-- The peer (spec/support/peer.lua) fails on anything but an outcome, on fields not declared or of another type, on a
-- record too large, on a handshake that runs too long or outlives its deadline.
local conversations = require "spec.fuzz.conversations"
local damage = require "spec.fuzz.damage"
local peer = require "spec.support.peer"

local ANSWERS_MAX = 6

local function load_all()
  local all = {}
  for index, each in ipairs(conversations.protocols) do
    local proto = peer.load(each.name)
    if proto.learn then jit.off(proto.learn, true) end
    all[index] = { proto = proto, cases = each.cases }
  end
  return all
end

-- A conversation, and the options of the case it is made from.
local function conversation_for(own, all, random)
  local turn, answers = random(8), conversations.answers
  if turn < 6 then
    local case = own.cases[random(#own.cases) + 1]
    return damage.conversation(case[2], random, answers), case.options
  end
  local steps = {}
  if turn == 6 then
    local other = all[random(#all) + 1].cases
    return damage.conversation(other[random(#other) + 1][2], random, answers)
  end
  for index = 1, 1 + random(ANSWERS_MAX) do steps[index] = damage.noise(random) end
  return steps
end

local function text_of(steps)
  local parts = {}
  for _, step in ipairs(steps) do
    if type(step) == "string" then parts[#parts + 1] = step end
  end
  return table.concat(parts)
end

-- What the answer's first bytes teach on their own, for scans that stop there: it may give up, and nothing else.
local function learn(proto, bytes)
  local record = {}
  local ok, raised = pcall(proto.learn, bytes, record)
  if not ok and not (type(raised) == "table" and raised.outcome) then error(raised, 0) end
  peer.check_record(proto, record)
end

-- Runs one case; names the protocol in what it raises. Returns the protocol's name and the bytes it was given.
return function()
  local all = load_all()
  return function(random, index, note)
    local own = all[index % #all + 1]
    local proto = own.proto
    local steps, options = conversation_for(own, all, random)
    local bytes = text_of(steps)
    note(proto.name, bytes)
    options = setmetatable(damage.delivery(#bytes, random), { __index = options })
    options.seed = index
    peer.run(proto, steps, options)
    if proto.learn then learn(proto, bytes) end
  end
end
