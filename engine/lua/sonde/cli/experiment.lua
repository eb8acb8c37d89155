-- sonde experiment: what a scan of a simulated world measures, beside what a paper found.

local core = require "sonde.core"
local experiment = require "sonde.experiment"
local options = require "sonde.cli.options"
local print_out = require "sonde.cli.print_out"

local command_experiment = {}

local EPILOG = [[
Examples:
  sonde experiment port-11211
  sonde experiment port-27017 --size full --seed 7
  sonde experiment mine.lua --world other-world.lua
Exit status: 0 all within tolerance; 1 something outside; 2 a script that cannot be used.]]

function command_experiment.declare(parser)
  local command = parser:command("experiment", "Measure a simulated world and compare with what is expected.", EPILOG)
  command:argument("name", "Experiment by name (sonde list experiments) or file.")
  command:option("--size", "small (default) or full: how many hosts."):argname("SIZE"):choices { "small", "full" }
  command:option("--seed", "Number that all chance follows from. Default: 1."):argname("N"):convert(options.check.seed)
  command:option("--world", "Another world than the experiment's own."):argname "NAME|FILE"
  command:option("--path", "Directory of your own with protocols/, signatures/, scripts/; may be repeated."):argname("DIR")
    :count "*"
end

function command_experiment.run(given)
  local size, seed, began = given.size or "small", given.seed or "1", core.clock()
  local chosen, summary = experiment.load(given.tree, given.name, given.path)
  if not chosen then return 2, summary end
  local unwritten
  local function write(text)
    local ok, problem = io.stdout:write(text)
    if ok then ok, problem = io.stdout:flush() end
    if not ok then unwritten = unwritten or problem end
  end
  core.catch_signals()
  write(("%s\nsize %s, seed %s, world %s\n"):format(summary, size, seed, given.world or chosen.world))
  write(("%-6s %-58s %12s %12s  %s\n"):format("", "", "MEASURED", "EXPECTED", "TOLERANCE"))
  local judged, failed = experiment.run(chosen, {
    root = given.tree, paths = given.path, size = size, seed = seed, world = given.world, write = write,
  })
  if not judged then
    if failed.interrupted then return 130 end
    return 2, ("experiment %s: %s"):format(given.name, failed.sentence)
  end
  write(("%d of %d within tolerance, %.1f s\n"):format(judged - failed, judged, core.clock() - began))
  if unwritten then return print_out.finish(unwritten) end
  if judged == 0 then return 2, ("experiment %s expects nothing"):format(given.name) end
  return failed == 0 and 0 or 1
end

return command_experiment
