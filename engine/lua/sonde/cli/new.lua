-- sonde new: a commented skeleton to start from, made of the files in scripts/template/ of the tree.

local core = require "sonde.core"
local print_out = require "sonde.cli.print_out"
local read_file = require("sonde.loader").read_file

local new = {}

local TEMPLATES = "scripts/template/"
local NAME_MAX = 63   -- bytes of a name, as recordings have room for

-- What is written for each kind: template, and the place of the file.
local kinds = {
  protocol = {
    { "protocol.lua", "protocols/NAME.lua" }, { "signature.lua", "signatures/NAME.lua" },
    { "spec.lua", "spec/protocols/NAME_spec.lua" },
  },
  signature = { { "signature.lua", "signatures/NAME.lua" } },
  policy = { { "policy.lua", "scripts/policy/NAME.lua" } },
}

local next_steps = {
  protocol = "sonde probe HOST PORT NAME --path DIR\nsonde test DIR/protocols/NAME.lua\n",
  signature = "sonde test DIR/signatures/NAME.lua\n",
  policy = "sonde compare --policy lzr --policy DIR/scripts/policy/NAME.lua --world demo\n",
}

local EPILOG = [[
Examples:
  sonde new protocol nut --path my-protocols
  sonde new signature nut
  sonde new policy patient]]

local function check_name(text)
  if text:find "^[a-z][a-z0-9_]*$" and #text <= NAME_MAX then return text end
  return nil, ("'%s' is no name: a-z, 0-9 and _, a letter first, at most %d"):format(text, NAME_MAX)
end

function new.declare(parser)
  local command = parser:command("new", "Write a commented skeleton of a protocol, a signature or a policy.", EPILOG)
  command:argument("kind", "What to write."):choices { "protocol", "signature", "policy" }
  command:argument("name", "Its name: a-z, 0-9 and _."):convert(check_name)
  command:option("--path", "Directory to write into, laid out like the tree. Default: the current one."):argname "DIR"
end

-- Makes a path's directories below `root`, which must be there or can be made itself.
local function make_directories(root, file)
  local ok, problem = core.make_directory(root)
  local path = root
  for name in file:gmatch "([^/]+)/" do
    path = path .. "/" .. name
    if ok then ok, problem = core.make_directory(path) end
  end
  return ok, problem
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function write_file(path, text)
  local file, problem = io.open(path, "wb")
  if not file then return nil, problem end
  local ok, why = file:write(text)
  local closed, closing = file:close()
  if ok and closed then return true end
  return nil, path .. ": " .. tostring(why or closing)
end

function new.run(given)
  local root, texts, said = given.path or ".", {}, {}
  local function filled(text) return (text:gsub("NAME", given.name)) end
  for i, part in ipairs(kinds[given.kind]) do
    local text, problem = read_file(given.tree .. "/" .. TEMPLATES .. part[1])
    if not text then return 2, problem end
    local path = root .. "/" .. filled(part[2])
    if exists(path) then return 2, path .. ": there is such a file already, and nothing was written" end
    texts[i] = { path = path, text = filled(text), file = filled(part[2]) }
  end
  for i, each in ipairs(texts) do
    local ok, problem = make_directories(root, each.file)
    if not ok then return 2, problem end
    ok, problem = write_file(each.path, each.text)
    if not ok then return 1, problem end
    said[i] = each.path .. "\n"
  end
  local prefix = root == "." and "" or root .. "/"
  local steps = filled(next_steps[given.kind]):gsub("DIR/", (prefix:gsub("%%", "%%%%"))):gsub("DIR", (root:gsub("%%", "%%%%")))
  return print_out.text(table.concat(said) .. "next:\n" .. steps:gsub("[^\n]+", "  %0"))
end

return new
