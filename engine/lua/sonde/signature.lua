-- Signatures: LPeg patterns, compiled once, that name a service from the first bytes it sent.
--
--   local set = signature.compile { { name = "signatures/ssh.lua", text = "return { ... }" }, ... }   -- or nil, message
--   local found = signature.identify(set, bytes, { handshake = "wait", port = 22 })
--   found.service    the one name, or nil;  found.services   every name, strongest first;  found.fields   of the service
--
-- A signature file is one chunk that returns a table with these keys (docs/writing-a-protocol shows one):
--   protocol         the service's name
--   pattern          names it without doubt (anchored at the first byte)
--   maybe            fits, but others greet like that too: counts when no file is sure; port or handshake decide a tie
--   weak             so little that it counts only where port or handshake already say this protocol
--   unasked          what its own handshake sends as well, and so may be an echo: counts only as an answer to another one
--   starts, first    what an answer begins with: literals or patterns; and the first bytes possible, as a text of all of them
--                    or as a pattern of one byte. For speed only
--   ports, handshakes   what decides in its favour (handshakes: its own name when absent)
--   over             protocols that lose against it when both match
--   examples         { [bytes] = fields or true }: for specs; maybe_examples: a list, for maybe and weak
--   unasked_examples    a list, for unasked
--   not_this         bytes that must not match
--   reference        the RFC or other public specification
local lpeg = require "lpeg"
local vocabulary = require "sonde.vocabulary"

local match, P, Cc, Ct = lpeg.match, lpeg.P, lpeg.Cc, lpeg.Ct
local byte, char, sub = string.byte, string.char, string.sub

local BYTES_MAX = 4096      -- bytes of an answer that are looked at
local ECHO_SIGN = 4        -- bytes that must be the same for the answer to be called an echo in the record
local SAID_MAX = 256       -- bytes of what was sent that are remembered (engine/lua_conn_internal.h)
local ECHO_MIN = 2         -- an answer that repeats this many bytes of what was sent, and no others, is an echo

local signature = { BYTES_MAX = BYTES_MAX }

local function strings(value, _, key)
  if type(value) ~= "table" then return key .. " must be a list" end
  for _, each in ipairs(value) do
    if type(each) ~= "string" then return key .. " must list strings" end
  end
end

local function pattern(value, _, key)
  if not lpeg.type(value) then return key .. " must be a pattern" end
  if match(value, "") then return key .. " matches an answer of no bytes" end
end

local function text(value, _, key)
  if type(value) ~= "string" or value == "" then return key .. " must be a text" end
end

local function bytes_possible(value, given, key)
  if not lpeg.type(value) then return text(value, given, key) end
end

local function prefixes(value, _, key)
  if type(value) ~= "table" or #value == 0 then return key .. " must be a list" end
  for _, each in ipairs(value) do
    if each == "" or not (type(each) == "string" or lpeg.type(each)) then
      return key .. " must list literals or patterns"
    end
  end
end

local function numbers(value, _, key)
  if type(value) ~= "table" then return key .. " must be a list" end
  for _, each in ipairs(value) do
    if type(each) ~= "number" or each < 1 or each > 65535 or each % 1 ~= 0 then return key .. " must list ports" end
  end
end

local function examples(value, _, key)
  if type(value) ~= "table" then return key .. " must be a table" end
  for bytes, fields in pairs(value) do
    if type(bytes) ~= "string" or (fields ~= true and type(fields) ~= "table") then
      return key .. " must map bytes to a table of fields or to true"
    end
  end
end

local KEYS = {
  protocol = text, reference = text, pattern = pattern, maybe = pattern, weak = pattern, unasked = pattern,
  starts = prefixes, first = bytes_possible,
  ports = numbers, handshakes = strings, over = strings, examples = examples, maybe_examples = strings,
  unasked_examples = strings,
  not_this = strings,
}

local function set_of(list)
  local set = {}
  for _, each in ipairs(list or {}) do set[each] = true end
  return set
end

-- The guard is a quick look at the beginning; first[b] says whether an answer may begin with byte b.
local function dispatch(source)
  local guard, first = nil, source.first and {} or nil
  local possible = type(source.first) == "string" and lpeg.S(source.first) or source.first
  for b = 0, 255 do
    if possible and match(possible, char(b)) then first[b] = true end
  end
  local known = first or {}
  for _, start in ipairs(source.starts or {}) do
    guard = guard and guard + P(start) or P(start)
    if not source.first and known then
      if type(start) == "string" then known[byte(start)] = true else known = nil end
    end
  end
  if not first and guard then first = known end
  return guard or P(true), first
end

-- One checked signature from one source; raises a message without the file's name.
local function load_one(source)
  local chunk, problem = load(source.text, "@" .. source.name, "t", setmetatable({}, { __index = vocabulary }))
  if not chunk then error(problem, 0) end
  local given = chunk()
  if type(given) ~= "table" then error(source.name .. ": must return a table", 0) end
  for key, value in pairs(given) do
    if not KEYS[key] then error(source.name .. ": unknown key '" .. tostring(key) .. "'", 0) end
    problem = KEYS[key](value, given, key)
    if problem then error(source.name .. ": " .. problem, 0) end
  end
  if not given.protocol then error(source.name .. ": protocol is missing", 0) end
  if not (given.pattern or given.maybe or given.weak or given.unasked) then error(source.name .. ": pattern is missing", 0) end
  local guard, first = dispatch(given)
  return {
    name = source.name, protocol = given.protocol, pattern = given.pattern, maybe = given.maybe, weak = given.weak,
    unasked = given.unasked, guard = guard, first = first, over = set_of(given.over), ports = set_of(given.ports),
    handshakes = set_of(given.handshakes or { given.protocol }), given = given,
  }
end

-- All sources as one set; or nil and a message that names file and reason.
function signature.compile(sources)
  local set, known = { all = {}, by_first = {}, by_key = {} }, {}
  for _, source in ipairs(sources) do
    local ok, result = pcall(load_one, source)
    if not ok then
      result = tostring(result)
      if not result:find(source.name, 1, true) then result = source.name .. ": " .. result end
      return nil, result
    end
    set.all[#set.all + 1] = result
    known[result.protocol] = true
  end
  for _, each in ipairs(set.all) do
    for protocol in pairs(each.over) do
      if not known[protocol] then return nil, each.name .. ": over names '" .. protocol .. "', which no file has" end
    end
  end
  return set
end

-- The pattern that finds, in one call, which signatures deserve a full match on an answer that begins with byte b.
-- Made when first needed; bytes with the same signatures share one.
local function which(set, b)
  local members, key = {}, {}
  for index, each in ipairs(set.all) do
    if not each.first or each.first[b] then
      members[#members + 1] = each
      key[#key + 1] = index
    end
  end
  key = table.concat(key, " ")
  local found = set.by_key[key]
  if not found then
    local guards = P(true)
    for index, each in ipairs(members) do guards = guards * (#each.guard * Cc(index) + true) end
    found = { members = members, guards = Ct(guards) }
    set.by_key[key] = found
  end
  set.by_first[b] = found
  return found
end

local function favoured(each, hints)
  return each.handshakes[hints.handshake] or each.ports[hints.port] or false
end

-- What is left of an answer when what it only says again of what was sent is left out: some servers repeat a header, and
-- then say something of their own.
local function without_echo(bytes, sent)
  if #sent < ECHO_MIN or byte(sent) ~= byte(bytes) then return bytes end
  while #bytes >= #sent and sub(bytes, 1, #sent) == sent do bytes = sub(bytes, #sent + 1) end
  return #bytes >= ECHO_MIN and sub(sent, 1, #bytes) == bytes and "" or bytes
end

-- Whether an answer is nothing but what had been sent; said: the first bytes of that.
function signature.is_echo(bytes, said)
  local count = math.min(#bytes, #said)
  return count >= ECHO_SIGN and sub(bytes, 1, count) == sub(said, 1, count) and (#bytes <= #said or #said >= SAID_MAX)
end

local function overruled(each, matches)
  for _, other in ipairs(matches) do
    if other.signature.over[each.protocol] and other.signature.protocol ~= each.protocol then return true end
  end
  return false
end

-- The only one of `matches` that `favours` it, or nil when none or two protocols are favoured.
local function only(matches, favours)
  local winner
  for _, each in ipairs(matches) do
    if favours(each.signature) then
      if winner and winner.signature.protocol ~= each.signature.protocol then return nil end
      winner = winner or each
    end
  end
  return winner
end

local function always() return true end

-- Winner (or nil) and all names, strongest first, of several matches.
local function settle(matches, hints)
  local strong, services, seen = {}, {}, {}
  for _, each in ipairs(matches) do
    if not overruled(each.signature, matches) then strong[#strong + 1] = each end
  end
  local winner = only(strong, always)
    or only(strong, function(each) return each.handshakes[hints.handshake] end)
    or only(strong, function(each) return each.ports[hints.port] end)
  local function add(each)
    local name = each.signature.protocol
    if not seen[name] then
      seen[name] = true
      services[#services + 1] = name
    end
  end
  if winner then add(winner) end
  for _, each in ipairs(strong) do add(each) end
  for _, each in ipairs(matches) do add(each) end
  return winner, services
end

local NONE = {}

local function fields_of(result)
  return type(result) == "table" and result or {}
end

-- What `form` (a function of signature and bytes) makes of the signatures at `indexes`: a list of matches, or nil.
local function collect(members, indexes, bytes, hints, form)
  local matches
  for position = 1, #indexes do
    local each = members[indexes[position]]
    local result = form(each, bytes, hints)
    if result then
      matches = matches or {}
      matches[#matches + 1] = { signature = each, result = result }
    end
  end
  return matches
end

local function sure(each, bytes, hints)
  return each.pattern and match(each.pattern, bytes)
    or each.unasked and hints.handshake and not each.handshakes[hints.handshake] and match(each.unasked, bytes)
end

-- Where it is not known what was asked, such bytes are listed, but name nothing.
local function undecided(each, bytes, hints) return not hints.handshake and each.unasked and match(each.unasked, bytes) end

local function perhaps(each, bytes) return each.maybe and match(each.maybe, bytes) end

local function hinted(each, bytes, hints)
  return each.weak and favoured(each, hints) and match(each.weak, bytes)
end

-- What signature.identify does once an echo is taken away.
local function name_of(set, bytes, hints)
  if bytes == "" then return { services = {}, fields = {} } end
  if #bytes > BYTES_MAX then bytes = sub(bytes, 1, BYTES_MAX) end
  local b = byte(bytes)
  local list = set.by_first[b] or which(set, b)
  local members, indexes = list.members, match(list.guards, bytes)
  local matches = collect(members, indexes, bytes, hints, sure)
    or collect(members, indexes, bytes, hints, perhaps)
    or collect(members, indexes, bytes, hints, hinted)
  if not matches then
    matches = collect(members, indexes, bytes, hints, undecided)
    return { services = matches and select(2, settle(matches, hints)) or {}, fields = {} }
  end
  if not matches[2] then
    local protocol = matches[1].signature.protocol
    return { service = protocol, services = { protocol }, fields = fields_of(matches[1].result) }
  end
  local winner, services = settle(matches, hints)
  return {
    service = winner and winner.signature.protocol, services = services,
    fields = winner and fields_of(winner.result) or {},
  }
end

-- Names the service that sent `bytes`. hints (optional): handshake, port; sent: what we had sent on this connection.
function signature.identify(set, bytes, hints)
  hints = hints or NONE
  if hints.sent then bytes = without_echo(bytes, hints.sent) end
  return name_of(set, bytes, hints)
end

local KNOWN_MAX = 256   -- answers remembered, in each of two generations

-- identify(bytes, handshake, port, sent) for many answers: some bytes come again and again. What it finds is remembered when they
-- come for the second time, so that answers of which each is another cost no memory. What it returns is shared and must not be
-- changed.
function signature.remembering(set)
  local new, old, count = {}, {}, 0
  return function(bytes, handshake, port, sent)
    bytes = without_echo(bytes, sent)
    local known = new[bytes]
    if known == nil then known = old[bytes] end
    local again = known ~= nil
    if new[bytes] == nil then
      if count >= KNOWN_MAX then old, new, count = new, {}, 0 end
      new[bytes], count = known or false, count + 1
    end
    if known and known.handshake == handshake and known.port == port then return known.found end
    local hints = { handshake = handshake, port = port, found = nil }
    hints.found = name_of(set, bytes, hints)
    if again then new[bytes] = hints end
    return hints.found
  end
end

return signature
