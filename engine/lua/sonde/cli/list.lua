-- sonde list: what there is to choose from, one item a line.

local core = require "sonde.core"
local loader_module = require "sonde.loader"
local print_out = require "sonde.cli.print_out"

local list = {}

local show = {}

local function print_rows(rows)
  local widths, lines = {}, {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, #cell) end
  end
  for _, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do cells[i] = i < #row and cell .. (" "):rep(widths[i] - #cell) or cell end
    lines[#lines + 1] = table.concat(cells, "  ") .. "\n"
  end
  return print_out.text(table.concat(lines))
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

function show.protocols(loader)
  local protocols, message = loader:protocols()
  if not protocols then return 2, message end
  local rows = { { "PROTOCOL", "SPEAKS FIRST", "PORTS", "FIELDS" } }
  for _, name in ipairs(sorted_keys(protocols)) do
    local protocol = protocols[name]
    rows[#rows + 1] = { name, protocol.first, table.concat(protocol.ports, ","),
      table.concat(sorted_keys(protocol.fields), " ") }
  end
  return print_rows(rows)
end

local function summaries(loader, kind)
  local sources, message = loader:sources(kind)
  if not sources then return 2, message end
  local rows = {}
  for _, source in ipairs(sources) do rows[#rows + 1] = { source.name, loader_module.summary(source) } end
  return print_rows(rows)
end

function show.signatures(loader) return summaries(loader, "signature") end
function show.policies(loader) return summaries(loader, "policy") end
function show.worlds(loader) return summaries(loader, "world") end
function show.experiments(loader) return summaries(loader, "experiment") end

function show.fields()
  return print_rows(require("sonde.record").fields)
end

function show.verdicts()
  return print_rows(require("sonde.verdict").meanings)
end

function list.declare(parser)
  local command = parser:command("list", "List protocols, signatures, policies, worlds, experiments, record fields or verdicts.",
    "Example: sonde list protocols")
  command:argument("what", "What to list."):choices {
    "protocols", "signatures", "policies", "worlds", "experiments", "fields", "verdicts",
  }
  command:option("--path", "A directory of your own with protocols/, signatures/, scripts/policy/; may be repeated.")
    :argname("DIR"):count("*")
end

function list.run(options)
  for _, path in ipairs(options.path) do
    if not core.list(path) then return 2, path .. ": there is no such directory" end
  end
  return show[options.what](loader_module.new(options.tree, core.list, options.path))
end

return list
