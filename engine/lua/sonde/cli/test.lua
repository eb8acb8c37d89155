-- sonde test: what a protocol and a signature must stand, tried without a network: examples, replays, hostile peers.

local behaviour = require "sonde.behaviour"
local core = require "sonde.core"
local exchange = require "sonde.exchange"
local loader_module = require "sonde.loader"
local peer = require "sonde.peer"
local print_out = require "sonde.cli.print_out"
local signature = require "sonde.signature"
local signature_check = require "sonde.signature_check"

local test = {}

local REPLAYS = "spec/replays"   -- in a directory of one's own, as in the tree

local EPILOG = [[
Examples:
  sonde test protocols/nut.lua
  sonde test signatures/nut.lua --path my-protocols
  sonde test my-protocols]]

function test.declare(parser)
  local command = parser:command("test", "Test protocols and signatures: examples, replays, hostile peers.", EPILOG)
  command:argument("file", "A file in protocols/ or signatures/, a directory with these, or a name."):args "+"
  command:option("--path", "Directory of your own with protocols/, signatures/; may be repeated."):argname("DIR"):count "*"
end

-- --- what is to be tested --------------------------------------------------------------------------------------------------

local KINDS = { protocols = "protocol", signatures = "signature" }

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function split(path)
  path = path:gsub("/+$", "")
  local parent, name = path:match "^(.*)/([^/]+)$"
  if parent == "" then parent = "/" end
  return parent or ".", name or path
end

-- Adds every file of root's folder.
local function add_folder(items, root, folder)
  for _, file in ipairs(core.list(root .. "/" .. folder) or {}) do
    local name = file:match "^([%w_%-]+)%.lua$"
    local path = ("%s/%s/%s"):format(root, folder, file)
    if name then items[#items + 1] = { kind = KINDS[folder], name = name, root = root, path = path } end
  end
end

-- A directory laid out like the tree, or its protocols/ or signatures/. Returns whether it is one.
local function add_directory(items, path)
  local parent, name = split(path)
  if KINDS[name] then
    add_folder(items, parent, name)
    return true
  end
  local before = #items
  add_folder(items, path, "protocols")
  add_folder(items, path, "signatures")
  return #items > before
end

-- A file, which must stand in protocols/ or signatures/: the rest of what it needs is found beside it. With a protocol its
-- signature is tested, too, where it has one of its own.
local function add_file(items, path)
  local folder, file = split(path)
  local root, kind = split(folder)
  local name = file:match "^([%w_%-]+)%.lua$"
  if not name or not KINDS[kind] then return nil, path .. ": is neither in protocols/ nor in signatures/, as NAME.lua" end
  if folder == kind then root = "." end
  items[#items + 1] = { kind = KINDS[kind], name = name, root = root, path = path }
  local beside = path:match "^(.*)protocols/[^/]*$"
  local own = beside and beside .. "signatures/" .. file
  if own and exists(own) then items[#items + 1] = { kind = "signature", name = name, root = root, path = own } end
  return true
end

-- What one argument names. roots: where names are looked for, the user's own first. Returns true, or nil and a sentence.
local function add_argument(items, text, roots)
  if core.list(text) then
    if add_directory(items, text) then return true end
    return nil, text .. ": has neither protocols/ nor signatures/ with files in them"
  end
  if exists(text) then return add_file(items, text) end
  for _, root in ipairs(roots) do
    if text:find "/" and exists(root .. "/" .. text) then return add_file(items, root .. "/" .. text) end
    for _, folder in ipairs { "protocols", "signatures" } do
      local path = ("%s/%s/%s.lua"):format(root, folder, text)
      if text:find "^[%w_%-]+$" and exists(path) then return add_file(items, path) end
    end
  end
  return nil, ("%s: there is no such file, directory, protocol or signature"):format(text)
end

-- --- what is tried -----------------------------------------------------------------------------------------------------------

-- Exchanges with a protocol among a directory's replays: { { path, exchange }, ... }; nil and a sentence.
local function replays_of(root, name)
  local found, folder = {}, root .. "/" .. REPLAYS
  for _, file in ipairs(core.list(folder) or {}) do
    local path = folder .. "/" .. file
    local exchanges, problem
    if file:find "%.jsonl$" then exchanges, problem = exchange.read(path, core.json.unbase64) end
    if problem then return nil, problem end
    for _, each in ipairs(exchanges or {}) do
      if each.handshake == name then found[#found + 1] = { path = file, exchange = each } end
    end
  end
  return found
end

local UNREPLAYABLE = { no_ack = true, zero_window = true }   -- what only a wire can show

local function case_of(replay)
  local each = replay.exchange
  return { ("%s (%s)"):format(replay.path, each.outcome), exchange.conversation(each), outcome = each.outcome,
    options = exchange.options(each) }
end

-- The bytes that came first, until something more was sent.
local function first_answer(each)
  local parts, sent = {}, {}
  for _, event in ipairs(each.events) do
    if event.received then
      parts[#parts + 1] = event.received
    elseif #parts > 0 then
      break
    else
      sent[#sent + 1] = event.sent
    end
  end
  return table.concat(parts), table.concat(sent)
end

local function named(set, replay)
  local each = replay.exchange
  local bytes, sent = first_answer(each)
  local found = signature.identify(set, bytes, { handshake = each.handshake, port = each.port, sent = sent })
  if found.service ~= each.service then
    error(("it is %s now, and was %s when it was saved"):format(found.service or "no service", each.service or "none"), 0)
  end
end

local function fields_text(record)
  local names, lines = {}, {}
  for name in pairs(record) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do lines[i] = ("%s: %s"):format(name, behaviour.shown(record[name])) end
  return lines
end

local function protocol_checks(item, set)
  local proto = peer.load(item.path)
  if proto.name ~= item.name then error(("its name is '%s', but its file is named after it"):format(proto.name), 0) end
  local checks, notes = behaviour.checks(proto, { wrong = false }), {}
  local replays, problem = replays_of(item.root, item.name)
  if not replays then error(problem, 0) end
  for _, replay in ipairs(replays) do
    local case, each = case_of(replay), replay.exchange
    if UNREPLAYABLE[each.outcome] then
      notes[#notes + 1] = ("%s: %s is not replayed: only a wire can show it"):format(replay.path, each.outcome)
    else
      local learns, keeps, stops = unpack(behaviour.conversation(proto, case, true))
      checks[#checks + 1] = { title = learns[1], run = function() return fields_text(learns[2]().record) end }
      checks[#checks + 1] = { title = keeps[1], run = keeps[2] }
      if first_answer(each) ~= "" then checks[#checks + 1] = { title = stops[1], run = stops[2] } end
    end
    if not each.inside and first_answer(each) ~= "" then
      checks[#checks + 1] = { title = "is named as it was: " .. replay.path, run = function() named(set, replay) end }
    end
  end
  if #replays == 0 then
    notes[#notes + 1] = ("no replay; to record one: sonde probe HOST PORT %s --save %s/%s.jsonl"):format(item.name,
      (item.root == "." and "" or item.root .. "/") .. REPLAYS, item.name)
  end
  return checks, notes
end

local function is_file_of(each, item) return each.name:gsub("^%./", "") == item.path:gsub("^%./", "") end

local function signature_checks(item, set, fields_of)
  for _, each in ipairs(set.all) do
    if is_file_of(each, item) then return signature_check.checks(set, each, fields_of(each.protocol)), {} end
  end
  error("it is overridden by a file of the same name in a later --path", 0)
end

-- --- and how it went ---------------------------------------------------------------------------------------------------------

local function one_line(text)
  return (tostring(text):gsub("[%c\127]", function(c) return ("\\x%02x"):format(c:byte()) end))
end

-- Runs the checks of one file; prints each, or with `brief` only what fails.
local function run_checks(out, item, checks, notes, brief)
  local passed, lines = 0, {}
  for _, check in ipairs(checks) do
    local ok, result = pcall(check.run)
    if ok then passed = passed + 1 end
    if not ok or not brief then lines[#lines + 1] = (ok and "  ok      " or "  FAILED  ") .. check.title end
    if not ok then lines[#lines + 1] = "          " .. one_line(result) end
    for _, text in ipairs(ok and not brief and result or {}) do lines[#lines + 1] = "          " .. text end
  end
  for _, note in ipairs(not brief and notes or {}) do lines[#lines + 1] = "  note    " .. note end
  local failed = #checks - passed
  if failed > 0 or not brief then out[#out + 1] = item.path end
  for _, line in ipairs(lines) do out[#out + 1] = line end
  return passed, failed
end

local function broken(out, item, sentence)
  out[#out + 1] = item.path
  out[#out + 1] = "  FAILED  " .. one_line(sentence)
  return 0, 1
end

-- The signatures that count, with those beside the files tested; nil and a sentence.
local function all_signatures(given, items)
  local paths, seen = {}, {}
  local function add(root)
    if not seen[root] and root ~= given.tree then paths[#paths + 1] = root end
    seen[root] = true
  end
  for _, item in ipairs(items) do add(item.root) end
  for _, root in ipairs(given.path) do add(root) end
  local loader = loader_module.new(given.tree, core.list, paths)
  local set, problem = peer.limited(loader.signatures, loader)
  if not set then return nil, problem end
  return set, loader
end

function test.run(given)
  local items, roots = {}, { unpack(given.path) }
  roots[#roots + 1] = "."
  roots[#roots + 1] = given.tree
  for _, path in ipairs(given.path) do
    if not core.list(path) then return 2, path .. ": there is no such directory" end
  end
  for _, text in ipairs(given.file) do
    local ok, sentence = add_argument(items, text, roots)
    if not ok then return 2, sentence end
  end
  jit.off()   -- so that a script's endless loop can be counted
  local set, loader = all_signatures(given, items)
  if not set then return 1, loader end
  local function fields_of(name)
    local source = loader:source("protocol", name)
    local ok, proto = pcall(peer.load, source and source.path or "")
    return ok and proto.fields or nil
  end
  local out, passed, failed = {}, 0, 0
  for _, item in ipairs(items) do
    local make = item.kind == "protocol" and protocol_checks or signature_checks
    local ok, checks, notes = pcall(make, item, set, fields_of)
    local p, f
    if ok then
      p, f = run_checks(out, item, checks, notes, #items > 2)
    else
      p, f = broken(out, item, checks)
    end
    passed, failed = passed + p, failed + f
  end
  if #out > 0 then out[#out + 1] = "" end
  out[#out + 1] = ("%s%d passed, %d failed\n"):format(#items > 2 and ("%d files: "):format(#items) or "", passed, failed)
  local status, sentence = print_out.text(table.concat(out, "\n"))
  if status ~= 0 then return status, sentence end
  return failed == 0 and 0 or 1
end

return test
