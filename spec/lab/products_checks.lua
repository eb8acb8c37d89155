-- Whether the records of the lab's products say what the products say of themselves (spec/lab/products.lua).
local products = require "spec.lab.products"

local checks = {}

local FOLDER = "build/lab/products/"
local LOG_LINES = 20

local function lines_of(path)
  local lines, file = {}, io.open(path)
  if not file then return lines end
  for line in file:lines() do lines[#lines + 1] = line end
  file:close()
  return lines
end

-- What a product said of itself: whether it is ready, its version, and texts by "port group name".
function checks.truth(product)
  local truth = { texts = {} }
  for _, line in ipairs(lines_of(FOLDER .. product.name .. ".says")) do
    local where, text = line:match "^(%S+ %S+ %S+) (.*)$"
    if where then truth.texts[where] = text end
    truth.ready = line == "ready"
  end
  truth.version = truth.texts["- - version"]
  return truth
end

-- The end of a product's log, for a message.
function checks.log(product)
  local lines = lines_of("build/lab/logs/product-" .. product.name .. ".log")
  return table.concat(lines, "\n", math.max(1, #lines - LOG_LINES))
end

-- Lists are compared as the words they make.
local function shown(value)
  return type(value) == "table" and table.concat(value, " ") or tostring(value)
end

-- Whether a value of a record is what the declaration wants; text is what the product said, where it was asked.
local function fits(value, wanted, text)
  if value == nil then return false end
  if type(wanted) ~= "table" then return shown(value) == (text or tostring(wanted)) end
  return wanted.any or text ~= "" and shown(value):find(text or "\0", 1, true) ~= nil
end

local function check_group(complain, one, truth, group, values)
  for name, wanted in pairs(one[group]) do
    local text = truth.texts[("%d %s %s"):format(one.port, group, name)]
    if not fits(values[name], wanted, text) then
      complain("%s.%s is %s, not %s", group, name, values[name] == nil and "missing" or shown(values[name]),
        text or type(wanted) == "table" and "anything" or tostring(wanted))
    end
  end
end

local function complaints_of(one)
  local found = {}
  return found, function(...) found[#found + 1] = ("%s %d: "):format(one.product, one.port) .. string.format(...) end
end

-- What is wrong with how a product's port answers the ways to ask it: a list of sentences.
function checks.ways(one, record)
  local found, complain = complaints_of(one)
  if not one.ways then return found end
  local answers = {}
  for _, attempt in ipairs(record and record.attempts or {}) do
    answers[attempt.handshake] = attempt.service or attempt.services and "unidentified" or "nothing"
  end
  for _, way in ipairs(products.WAYS) do
    local wanted = one.ways[way] or "nothing"
    if answers[way] ~= wanted then
      complain("%s is answered by %s, not by %s", way, answers[way] or "no attempt", wanted)
    end
  end
  return found
end

-- What is wrong with the record of a product's own handshake.
function checks.handshake(one, record, truth)
  local found, complain = complaints_of(one)
  if not one.handshake then return found end
  local own = record and record.attempts[1] or {}
  if own.handshake ~= one.handshake or own.outcome ~= one.outcome then
    complain("%s ended with %s: %s", one.handshake, own.outcome or "no attempt", own.what or "")
  end
  record = record or {}
  local name = record.service or record.verdict or "nothing"
  if name ~= one.service then complain("is taken for %s", name) end
  check_group(complain, one, truth, "fields", record.fields or {})
  check_group(complain, one, truth, "tls", record.tls or {})
  return found
end

-- Whether whoever asks without knowing what it is learns that as well.
function checks.unasked(one, record)
  local found, complain = complaints_of(one)
  if not one.handshake or not one.unasked or one.single or not one.ways then return found end
  local name = record and (record.service or record.verdict) or "nothing"
  if name ~= one.unasked then complain("is taken for %s", name) end
  return found
end

-- Whether everything that is said of a product's port holds.
local function verified(one, found, truth)
  return truth.ready and #checks.handshake(one, found.handshakes[one.pass][one.text], truth) == 0
    and #checks.ways(one, found.ways[one.text]) == 0 and #checks.unasked(one, found.unasked[one.text]) == 0
end

-- The version of the software: without Debian's epoch and revision.
local function upstream(version)
  return (version:gsub("^%d+:", ""):gsub("%-[^-]*$", ""))
end

-- Of what was noted earlier, what is about products that are not in `list`, although they are products still; nothing where
-- all were run.
function checks.noted_before(list)
  local left, kept = {}, {}
  for _, product in ipairs(products.all(2)) do left[product.title] = true end
  for _, product in ipairs(list) do left[product.title] = nil end
  for _, one in ipairs(dofile "spec/lab/verified.lua") do
    if left[one.product] then kept[#kept + 1] = one end
  end
  return kept
end

local NOTE = [[
-- What the lab has verified: written by `make lab`, read by docs/reference/protocols.lua.
return {
%s}
]]

local LINE = "  { protocol = %q, service = %q, product = %q, version = %q },\n"
local LINE_WITHOUT = "  { service = %q, product = %q, version = %q },\n"   -- of one whose protocol Sonde does not speak

-- Writes build/lab/verified.lua: one line for each protocol of a product that was verified, of products that this run left
-- out (LAB_ONLY) the lines noted before. Returns how many.
function checks.note(list, found)
  local lines, seen = {}, {}
  local function add(line, ...)
    line = line:format(...)
    if not seen[line] then lines[#lines + 1] = line end
    seen[line] = true
  end
  for _, one in ipairs(checks.noted_before(list)) do
    if one.protocol then
      add(LINE, one.protocol, one.service, one.product, one.version)
    else
      add(LINE_WITHOUT, one.service, one.product, one.version)
    end
  end
  for _, product in ipairs(list) do
    local truth = checks.truth(product)
    for _, one in ipairs(product.endpoints) do
      local good, version = verified(one, found, truth), upstream(truth.version or "")
      if good and one.handshake then
        add(LINE, one.handshake, one.service, product.title, version)
      elseif good and next(one.ways) then
        add(LINE_WITHOUT, one.service, product.title, version)
      end
    end
  end
  table.sort(lines)
  local file = assert(io.open("build/lab/verified.lua", "w"))
  assert(file:write(NOTE:format(table.concat(lines))))
  assert(file:close())
  return #lines
end

return checks
