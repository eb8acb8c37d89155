-- Finds and loads scripts: protocols, signatures, policies and worlds, from the tree and from directories of one's own.

local sandbox = require "sonde.sandbox"

local loader = {}
loader.__index = loader

local folders = {
  protocol = "protocols", signature = "signatures", policy = "scripts/policy", world = "scripts/world",
  experiment = "scripts/experiment",
}

local plural = {
  protocol = "protocols", signature = "signatures", policy = "policies", world = "worlds", experiment = "experiments",
}

local NAMES_SHOWN = 20   -- in a sentence that says what there is

-- root: the tree; paths: further directories with the same folders, of which a later one's files replace an earlier one's;
-- list(path): names in a directory, or nil.
function loader.new(root, list, paths)
  return setmetatable({ root = root, list = list, paths = paths or {} }, loader)
end

local function read_file(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text = file:read "*a"
  file:close()
  if not text then return nil, path .. ": cannot be read" end
  return text
end
loader.read_file = read_file

local TOP = { protocols = true, signatures = true, scripts = true }

-- Whether a directory of one's own is laid out like the tree, or has scripts at all, which are named by their files.
local function has_scripts(names)
  for _, name in ipairs(names) do
    if TOP[name] or name:find "%.lua$" then return true end
  end
end

-- Array of { name, text, path } of one kind, sorted by name; a file in a later directory replaces one in an earlier.
function loader:sources(kind)
  local found = {}
  local roots = { self.root, unpack(self.paths) }
  for i, root in ipairs(roots) do
    local names = self.list(root)
    if not names then return nil, root .. ": there is no such directory" end
    if i > 1 and not has_scripts(names) then
      return nil, root .. ": has neither protocols/ nor signatures/ nor scripts/"
    end
    local directory = root .. "/" .. folders[kind]
    for _, file in ipairs(self.list(directory) or {}) do
      local name = file:match "^([%w_%-]+)%.lua$"
      local path = directory .. "/" .. file
      if name then found[name] = { path = path, label = i == 1 and folders[kind] .. "/" .. file or path } end
    end
  end
  local sources = {}
  for name, place in pairs(found) do
    local text, message = read_file(place.path)
    if not text then return nil, message end
    sources[#sources + 1] = { name = name, text = text, path = place.path, label = place.label }
  end
  table.sort(sources, function(a, b) return a.name < b.name end)
  return sources
end

-- One script by name, or by path when it has a slash or ends in .lua: { name, text, path, label }, or nil and a sentence.
function loader:source(kind, name)
  if name:find "/" or name:find "%.lua$" then
    local text, message = read_file(name)
    if not text then return nil, message end
    return { name = name:match "([^/]+)%.lua$" or name, text = text, path = name, label = name }
  end
  local sources, message = self:sources(kind)
  if not sources then return nil, message end
  local names = {}
  for _, source in ipairs(sources) do
    if source.name == name then return source end
    names[#names + 1] = source.name
  end
  local known = #names > NAMES_SHOWN and "see: sonde list " .. plural[kind] or "there are: " .. table.concat(names, ", ")
  return nil, ("no %s '%s'; %s"):format(kind, name, known)
end

-- All protocols: name -> checked protocol table; nil and a sentence when one of them is not right.
function loader:protocols()
  local protocol = require "sonde.protocol"
  local sources, message = self:sources "protocol"
  if not sources then return nil, message end
  local protocols = {}
  for _, source in ipairs(sources) do
    local value, problem = sandbox.run(source.text, source.label)
    if value == nil then return nil, problem or source.label .. ": returns nothing" end
    local checked, why = protocol.check(source.label, value)
    if not checked then return nil, why end
    if checked.name ~= source.name then
      return nil, ("%s: its name is '%s', but a protocol's file is named after it"):format(source.label, checked.name)
    end
    protocols[checked.name] = checked
  end
  for _, source in ipairs(sources) do
    local missing = protocol.missing(protocols[source.name], protocols)
    if missing then return nil, ("%s: %s"):format(source.label, missing) end
  end
  return protocols
end

-- All signatures, compiled into one set (sonde.signature); nil and a sentence when one of them is not right.
function loader:signatures()
  local sources, message = self:sources "signature"
  if not sources then return nil, message end
  for _, source in ipairs(sources) do source.name = source.label end
  local ok, set, why = pcall(require("sonde.signature").compile, sources)
  if not ok then return nil, tostring(set) end
  return set, why
end

-- The function(target) of a policy that asks its first question apart: first(target) returns it, as target:try takes it, or
-- nothing where there is none; after(target, attempt) goes on with what came of it.
local function whole_policy(first, after)
  return function(target)
    local name, options = first(target)
    if name == nil then return end
    local attempt = target:try(name, options)
    if after then after(target, attempt) end
  end
end

local PARTS = { first = true, after = true }

-- The parts of a policy, where these and no others are there.
local function parts_of(value)
  if type(value) ~= "table" or type(value.first) ~= "function" then return nil end
  for name, part in next, value do
    if not PARTS[name] or type(part) ~= "function" then return nil end
  end
  return { first = value.first, after = value.after }
end

-- What a policy's file returned, as function(target), and its parts, where it has such; nil where it is no policy.
function loader.as_policy(value)
  if type(value) == "function" then return value end
  local parts = parts_of(value)
  if parts then return whole_policy(parts.first, parts.after), parts end
end

-- A policy: function(target), or nil and a sentence; then where it is from, and its parts, where it has such.
function loader:policy(name)
  local source, message = self:source("policy", name)
  if not source then return nil, message end
  local policy, problem = sandbox.run(source.text, source.label)
  if problem then return nil, problem end
  local whole, parts = loader.as_policy(policy)
  if not whole then return nil, source.label .. ": a policy returns a function(target), or its functions first and after" end
  return whole, source, parts
end

-- The first comment line of a script: what it is.
function loader.summary(source)
  return source.text:match "^%-%-%s*([^\n]*)" or ""
end

return loader
