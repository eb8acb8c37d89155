-- What every signature file must stand: its own examples, among all other signatures, and bytes that are not its own.
--
--   for _, check in ipairs(signature_check.checks(set, each, fields)) do check.run() end   -- { title, run }; run raises
--
-- set: from sonde.signature's compile; each: one of set.all; fields: those its protocol declares, or nil.
local lpeg = require "lpeg"
local behaviour = require "sonde.behaviour"
local protocol = require "sonde.protocol"
local signature = require "sonde.signature"

local shown = behaviour.shown

local RANDOM_ANSWERS, RANDOM_BYTES = 20000, 60
local STRANGE = { {}, { port = 4711, handshake = "http" }, { port = 22, handshake = "wait" } }   -- hints that must not matter

local signature_check = {}

local function fail(...) error(string.format(...), 0) end

local function names_of(found) return #found.services > 0 and table.concat(found.services, ", ") or "nothing" end

local function count(examples)
  local n = 0
  for _ in pairs(examples or {}) do n = n + 1 end
  return n
end

local function has_all(each)
  local given = each.given
  if not given.reference then fail "it names no reference: which RFC or specification is its form from?" end
  if not next(given.examples or given.maybe_examples or given.unasked_examples or {}) then fail "it has no examples" end
  if not (given.not_this and given.not_this[1]) then fail "it has no not_this: what looks alike, and is something else?" end
  if (given.maybe or given.weak) and count(given.maybe_examples) == 0 then fail "maybe and weak need maybe_examples" end
  if given.unasked and count(given.unasked_examples) == 0 then fail "unasked needs unasked_examples" end
end

local function check_kinds(each, found, fields)
  for name, value in pairs(found.fields) do
    local kind = type(value) == "table" and "list of strings" or type(value)
    local wanted = fields and fields[name] and protocol.type(fields[name])
    if wanted and wanted ~= kind then fail("its field %s is a %s, and %s's a %s", name, kind, each.protocol, wanted) end
  end
end

local function names_examples(set, each, fields)
  for bytes, wanted in pairs(each.given.examples or {}) do
    for _, hints in ipairs(STRANGE) do
      local found = signature.identify(set, bytes, hints)
      if found.service ~= each.protocol then
        fail("%s is %s", shown(bytes), found.service or "no service for certain, but perhaps " .. names_of(found))
      end
      if wanted ~= true then behaviour.same_fields(wanted, found.fields, "of " .. shown(bytes)) end
      check_kinds(each, found, fields)
    end
    for _, other in ipairs(signature.identify(set, bytes).services) do
      if other ~= each.protocol and not each.over[other] then
        fail("%s is %s as well: narrow one of the two, or say over", shown(bytes), other)
      end
    end
  end
end

local function names_maybes(set, each)
  for _, bytes in ipairs(each.given.maybe_examples or {}) do
    local hints = {}
    if next(each.ports) then hints[1] = { port = each.given.ports[1] } end
    if each.handshakes[each.protocol] then hints[#hints + 1] = { handshake = each.protocol } end
    for _, hint in ipairs(hints) do
      local found = signature.identify(set, bytes, hint)
      if found.service ~= each.protocol then
        fail("%s is %s, with %s known", shown(bytes), names_of(found), hint.port and "its port" or "its handshake")
      end
    end
  end
end

local function names_unasked(set, each)
  for _, bytes in ipairs(each.given.unasked_examples or {}) do
    local found = signature.identify(set, bytes, { handshake = "wait" })
    if found.service ~= each.protocol then fail("%s is %s where nothing was sent", shown(bytes), names_of(found)) end
    found = signature.identify(set, bytes, { handshake = each.protocol })
    if found.service then fail("%s may be an echo of its own handshake, and is %s", shown(bytes), found.service) end
  end
end

local function keeps_off(set, each)
  for _, bytes in ipairs(each.given.not_this or {}) do
    for _, service in ipairs(signature.identify(set, bytes).services) do
      if service == each.protocol then fail("%s is not to be %s, but matches", shown(bytes), service) end
    end
  end
end

local function is_quoted(set, each)
  if each.over.http or each.protocol == "http" then return end
  for bytes in pairs(each.given.examples or {}) do
    local page = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n" .. bytes
    local found = signature.identify(set, page)
    if found.service ~= "http" then fail("a page of HTTP that quotes %s is %s", shown(bytes), names_of(found)) end
  end
end

-- Numbers 0 <= x < n (Lehmer's generator, with Park and Miller's numbers).
local function generator(seed)
  return function(n)
    seed = seed * 16807 % 2147483647
    return math.floor(seed / 2147483647 * n)
  end
end

-- Answers without any form, the same for every signature.
local noise

local function random_answers()
  local random, answers = generator(4711), {}
  for index = 1, RANDOM_ANSWERS do
    local bytes = {}
    for i = 1, 1 + random(RANDOM_BYTES) do bytes[i] = string.char(random(256)) end
    answers[index] = table.concat(bytes)
  end
  return answers
end

local function matches_noise(each)
  noise = noise or random_answers()
  for _, bytes in ipairs(noise) do
    for _, key in ipairs { "pattern", "unasked" } do
      if each[key] and lpeg.match(each.guard, bytes) and lpeg.match(each[key], bytes) then
        fail("its %s matches bytes without any form: %s", key, shown(bytes))
      end
    end
  end
end

function signature_check.checks(set, each, fields)
  local examples = count(each.given.examples)
  return {
    { title = "has a reference, examples and counterexamples", run = function() has_all(each) end },
    { title = ("names its examples, and alone (%d)"):format(examples), run = function() names_examples(set, each, fields) end },
    { title = ("is chosen by port and handshake where it may be something else (%d)"):format(count(each.given.maybe_examples)),
      run = function() names_maybes(set, each) end },
    { title = ("does not take its own handshake for an answer (%d)"):format(count(each.given.unasked_examples)),
      run = function() names_unasked(set, each) end },
    { title = ("keeps off what only looks alike (%d)"):format(count(each.given.not_this)),
      run = function() keeps_off(set, each) end },
    { title = "leaves a page that quotes it to http", run = function() is_quoted(set, each) end },
    { title = ("matches none of %d random answers"):format(RANDOM_ANSWERS), run = function() matches_noise(each) end },
  }
end

return signature_check
