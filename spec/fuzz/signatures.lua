-- All signatures against wrong answers, echoes and bytes without any form.
local conversations = require "spec.fuzz.conversations"
local damage = require "spec.fuzz.damage"
local peer = require "spec.support.peer"
local protocol = require "sonde.protocol"
local signature = require "sonde.signature"

local FIELDS_MAX = 64 * 1024       -- bytes of all fields together
local TYPES = { string = true, number = true, boolean = true }

local function examples(set)
  local list = {}
  for _, each in ipairs(set.all) do
    local given = each.given
    for bytes in pairs(given.examples or {}) do list[#list + 1] = bytes end
    for _, key in ipairs { "maybe_examples", "unasked_examples", "not_this" } do
      for _, bytes in ipairs(given[key] or {}) do list[#list + 1] = bytes end
    end
  end
  for _, bytes in ipairs(conversations.answers) do list[#list + 1] = bytes end
  table.sort(list)
  return list
end

-- What each handshake really sends, to every conversation of its spec.
local function questions()
  local list = {}
  for _, each in ipairs(conversations.protocols) do
    local proto, seen = peer.load(each.name), {}
    for _, case in ipairs(each.cases) do
      local result = peer.run(proto, case[2], setmetatable({ deaf = true }, { __index = case.options }))
      for _, sent in ipairs { result.first_sent, result.sent } do
        if #sent > 1 and not seen[sent] then
          seen[sent] = true
          list[#list + 1] = { handshake = each.name, sent = sent }
        end
      end
    end
  end
  return list
end

-- What a list of strings holds, as one text.
local function list_text(name, list)
  for _, each in pairs(list) do assert(type(each) == "string", "field " .. name .. " lists more than strings") end
  return table.concat(list)
end

local function check(found)
  local size = 0
  for _, name in ipairs(found.services) do assert(type(name) == "string", "a service without a name") end
  assert(not found.service or found.services[1] == found.service, "the service is not the first of all")
  for name, value in pairs(found.fields) do
    assert(type(name) == "string" and name:find "^[a-z][a-z0-9_]*$", "a field with a wrong name")
    if type(value) == "table" then value = list_text(name, value) end
    assert(TYPES[type(value)], ("field %s is a %s"):format(name, type(value)))
    assert(type(value) ~= "number" or value > -math.huge and value < math.huge, "field " .. name .. " is no finite number")
    size = size + #name + (type(value) == "string" and #value or 8)
  end
  assert(size <= FIELDS_MAX, "the fields are too large")
end

-- What any signature may read out of a server's own description (sonde.software).
local COMMON = { product = "string", version = "string", vendor = "string", cpe = "string", os = "string" }

local function type_of(value) return type(value) == "table" and "list of strings" or type(value) end

-- The fields that each service may have, with their types: those that its protocol declares, that the examples of its
-- signatures show, and COMMON.
local function types_of(set)
  local types = {}
  for _, each in ipairs(conversations.protocols) do
    local own = {}
    for name, description in pairs(peer.load(each.name).fields) do own[name] = protocol.type(description) end
    types[each.name] = own
  end
  for _, each in ipairs(set.all) do
    local own = types[each.protocol] or {}
    types[each.protocol] = own
    for _, fields in pairs(each.given.examples or {}) do
      for name, value in pairs(fields == true and {} or fields) do own[name] = own[name] or type_of(value) end
    end
  end
  return types
end

local function check_types(found, types)
  if not found.service then return end
  for name, value in pairs(found.fields) do
    local wanted = types[found.service][name] or COMMON[name]
    if wanted ~= type_of(value) then
      error(("%s: field %s is a %s, not a %s"):format(found.service, name, type_of(value), wanted or "field it has"), 0)
    end
  end
end

local function echo(question, random)
  local sent, turn = question.sent, random(4)
  local bytes = turn == 0 and sent or turn == 1 and sent:sub(1, 2 + random(#sent - 1)) or sent:rep(1 + random(3))
  if turn == 3 then bytes = bytes .. sent:sub(1, 2 + random(#sent - 1)) end
  return bytes
end

-- set: compiled signatures. Returns the function that runs one case; that which runs one with bytes without any form; and a
-- table: service -> how often it was found in those where nothing was known of port and handshake.
return function(set)
  local answers, asked, types, found_in_noise = examples(set), questions(), types_of(set), {}

  local function hints_of(random)
    local question = asked[random(#asked) + 1]
    local each = set.all[random(#set.all) + 1]
    local ports = each.given.ports or {}
    return {
      handshake = random(3) > 0 and (random(2) == 0 and each.protocol or question.handshake) or nil,
      port = random(3) > 0 and (ports[random(#ports) + 1] or 1 + random(65535)) or nil,
      sent = random(2) == 0 and question.sent or nil,
    }
  end

  local function run_noise(random, _, note)
    local bytes = damage.noise(random, random(4) == 0 and 8 or 64)
    note("noise", bytes)
    local found = signature.identify(set, bytes)
    if found.service then found_in_noise[found.service] = (found_in_noise[found.service] or 0) + 1 end
    check(found)
    check(signature.identify(set, bytes, hints_of(random)))
  end

  local function run_echo(random, note)
    local question = asked[random(#asked) + 1]
    local bytes = echo(question, random)
    note("echo of " .. question.handshake, bytes)
    local found = signature.identify(set, bytes, { handshake = question.handshake, sent = question.sent })
    if found.services[1] then error(("an echo of %s is %s"):format(question.handshake, found.services[1]), 0) end
  end

  local function run_answer(random, note)
    local bytes = damage.answer(answers[random(#answers) + 1], random, answers)
    note("answer", bytes)
    local found = signature.identify(set, bytes, hints_of(random))
    check(found)
    check_types(found, types)
  end

  return function(random, _, note)
    if random(6) == 0 then return run_echo(random, note) end
    return run_answer(random, note)
  end, run_noise, found_in_noise
end
