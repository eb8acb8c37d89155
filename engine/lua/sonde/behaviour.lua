-- What every protocol must stand: its conversations whole, byte by byte, cut off and stopped, and peers of the worst manners.
--
--   for _, check in ipairs(behaviour.checks(proto, cases)) do check.run() end       -- a check is { title, run }; run raises
--
-- proto: from sonde.peer's load. cases: a list of conversations (sonde.peer says what one is), and some keys:
--   { "an OpenSSH server", conversation, fields = { ... }, sent = "...", outcome = "done", options = { ... } }, ...
--   hostile = { { "a packet of 4 GiB", conversation, outcome = "mismatch", fields = { ... } }, ... }
--   wrong = "mismatch"          the outcome of another protocol's answer; any but "done" where it is false
--   growing = { "banner" }      fields that may hold a part of their final text when the answer stops short; true: all may
-- Where a case has no `fields`, what it learns is not compared; where it has no outcome, that is "done".
local peer = require "sonde.peer"

local CUTS_MAX = 400      -- cut-off points tried per conversation; longer ones are sampled
local TEXT_MAX = 120      -- bytes of a value that a sentence shows
local FLOOD = 300 * 1024  -- more than a connection may deliver
local CHUNK = 16384

local NOT_HERE = "HTTP/1.1 400 Bad Request\r\nServer: httpd\r\nContent-Length: 11\r\n\r\nBad Request\r\n"
local NOT_HTTP = "220 ready when you are\r\n500 unknown command\r\n"

local behaviour = { NOT_HERE = NOT_HERE, NOT_HTTP = NOT_HTTP }

local function fail(...) error(string.format(...), 0) end

-- A value as a sentence shows it.
local function shown(value)
  if type(value) == "string" then
    local text = #value > TEXT_MAX and value:sub(1, TEXT_MAX) .. "..." or value
    return '"' .. text:gsub('[%c\127-\255"\\]', function(c)
      return ({ ["\r"] = "\\r", ["\n"] = "\\n", ['"'] = '\\"', ["\\"] = "\\\\" })[c] or ("\\x%02x"):format(c:byte())
    end) .. '"'
  elseif type(value) == "table" then
    local parts = {}
    for i, each in ipairs(value) do parts[i] = shown(each) end
    for key, each in pairs(value) do
      if type(key) == "string" then parts[#parts + 1] = key .. " = " .. shown(each) end
    end
    if #value == 0 then table.sort(parts) end
    return #parts == 0 and "nothing" or "{ " .. table.concat(parts, ", ") .. " }"
  end
  return value == nil and "nothing" or tostring(value)
end
behaviour.shown = shown

local function is_same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not is_same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- Raises a sentence with all differences of two tables of fields.
local function same_fields(wanted, found, where)
  local names, wrong = {}, {}
  for name in pairs(wanted) do names[#names + 1] = name end
  for name in pairs(found) do
    if wanted[name] == nil then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    if not is_same(wanted[name], found[name]) then
      wrong[#wrong + 1] = ("%s is %s, not %s"):format(name, shown(found[name]), shown(wanted[name]))
    end
  end
  if #wrong > 0 then fail("%s: %s", where, table.concat(wrong, "; ")) end
end
behaviour.same_fields = same_fields

local function same(wanted, found, what)
  if wanted ~= found then fail("%s is %s, not %s", what, shown(found), shown(wanted)) end
end

local function outcome_text(result)
  local text = result.what and ("%s (%s)"):format(result.outcome, result.what) or result.outcome
  if result.wanted > 0 then text = ("%s, while the peer waits for %d bytes more"):format(text, result.wanted) end
  return text
end

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

local function learns(proto, case)
  local result = peer.run(proto, case[2], options_of(case))
  if (case.outcome or "done") ~= result.outcome then
    fail("its outcome is %s, not %s; it learnt %s", outcome_text(result), case.outcome or "done", shown(result.record))
  end
  if case.fields then same_fields(case.fields, result.record, "it learns otherwise") end
  if case.sent then same(case.sent, result.sent, "what it sends") end
  local slow = peer.run(proto, case[2], options_of(case, { chunk = 1 }))
  if slow.outcome ~= result.outcome then fail("byte by byte its outcome is %s, not %s", outcome_text(slow), result.outcome) end
  same_fields(result.record, slow.record, "byte by byte it learns otherwise")
  same(result.sent, slow.sent, "what it sends when it is answered byte by byte")
  return result
end

local ENDINGS = { "close", "reset", "silence" }
local OUTCOMES = { close = "closed", reset = "reset", silence = "timeout" }

local function keeps(proto, case, growing)
  local whole = peer.run(proto, case[2], options_of(case))
  local step = math.max(1, math.floor(whole.delivered / CUTS_MAX))
  local known = 0
  for length = 0, whole.delivered - 1, step do
    local ending = ENDINGS[length % 3 + 1]
    local result = peer.run(proto, case[2], options_of(case, { truncate = length, ending = ending }))
    if result.outcome ~= "done" and result.outcome ~= "mismatch" then
      same(OUTCOMES[ending], result.outcome, ("cut off after %d bytes, its outcome"):format(length))
    end
    local count = 0
    for name, value in pairs(result.record) do
      count = count + 1
      if not is_part(value, whole.record[name], growing == true or growing[name]) then
        fail("cut off after %d bytes, %s is %s, and in the end %s", length, name, shown(value), shown(whole.record[name]))
      end
    end
    if count < known then fail("cut off after %d bytes, it has forgotten fields that it had before", length) end
    known = count
  end
end

local function stops(proto, case)
  local result = peer.run(proto, case[2], options_of(case, { first_answer = true }))
  same("answered", result.outcome, "its outcome")
  same_fields({}, result.record, "it learns before the first answer")
  same(result.first_sent, result.sent, "what it sends before the first answer")
end

local function bears(proto, case)
  for _, chunk in ipairs { false, 1 } do
    local result = peer.run(proto, case[2], options_of(case, { chunk = chunk or nil, ending = case.ending }))
    if (case.outcome or "mismatch") ~= result.outcome then
      fail("its outcome is %s, not %s", outcome_text(result), case.outcome or "mismatch")
    end
    if case.fields then same_fields(case.fields, result.record, "it learns otherwise") end
  end
end

local function waits(proto)
  local result = peer.run(proto, {})
  same("timeout", result.outcome, "its outcome")
  same_fields({}, result.record, "it learns from silence")
  same(proto.timeout, result.elapsed, "the time it takes")
  if proto.first == "client" and result.sent == "" then fail('it sends nothing, so `first` should be "server"') end
  if proto.first == "server" and result.sent ~= "" then
    fail('it sends %s before the server has spoken, so `first` should be "client"', shown(result.sent))
  end
end

local function ends(proto)
  same("closed", peer.run(proto, {}, { ending = "close" }).outcome, "when the peer closes at once, its outcome")
  same("reset", peer.run(proto, {}, { ending = "reset" }).outcome, "when the peer resets at once, its outcome")
end

local function ends_with_another(proto, wrong)
  local answer = proto.name == "http" and NOT_HTTP or NOT_HERE
  for _, chunk in ipairs { #answer, 1 } do
    local outcome = peer.run(proto, { answer }, { ending = "close", chunk = chunk }).outcome
    if wrong then same(wrong, outcome, "its outcome") end
  end
end

local function bounds(proto)
  for _, bytes in ipairs { "a", "\n", "\0", "\255", "220-a\r\n", "\255\253\1", "* a\r\n" } do
    local result = peer.run(proto, { bytes:rep(math.floor(FLOOD / #bytes)) }, { chunk = CHUNK })
    if result.outcome == "timeout" or result.delivered > 256 * 1024 + CHUNK then
      fail("it still listens after %d bytes of %s", result.delivered, shown(bytes))
    end
  end
end

-- Checks of one conversation; growing: true, or a set of names.
function behaviour.conversation(proto, case, growing)
  return {
    { "learns from " .. case[1], function() return learns(proto, case) end },
    { "keeps what it learnt when cut off: " .. case[1], function() keeps(proto, case, growing) end },
    { "stops at the first answer: " .. case[1], function() stops(proto, case) end },
  }
end

-- Checks that need no conversation. wrong: see above.
function behaviour.endings(proto, wrong)
  return {
    { "waits for a silent peer until its deadline, and no longer", function() waits(proto) end },
    { "ends with a peer that closes or resets at once", function() ends(proto) end },
    { "ends when its peer answers in another protocol", function() ends_with_another(proto, wrong) end },
    { "does not trust a peer that never stops", function() bounds(proto) end },
  }
end

-- All checks.
function behaviour.checks(proto, cases)
  local checks, growing = {}, cases.growing == true
  local function add(list)
    for _, check in ipairs(list) do checks[#checks + 1] = { title = check[1], run = check[2] } end
  end
  if not growing then
    growing = {}
    for _, field in ipairs(cases.growing or {}) do growing[field] = true end
  end
  for _, case in ipairs(cases) do add(behaviour.conversation(proto, case, growing)) end
  for _, case in ipairs(cases.hostile or {}) do
    add { { "is not led astray by " .. case[1], function() bears(proto, case) end } }
  end
  local wrong = cases.wrong
  if wrong == nil then wrong = "mismatch" end
  add(behaviour.endings(proto, wrong))
  return checks
end

return behaviour
