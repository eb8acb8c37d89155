-- The command line: one parser, one module per command (sonde.cli.NAME), exit codes as `sonde --help` lists them.

local argparse = require "argparse"

local commands = { "scan", "probe", "identify", "list", "new", "test", "version", "experiment", "compare", "order" }

local is_command = {}
for _, name in ipairs(commands) do is_command[name] = true end

local HELP_COLUMNS = 100

local EPILOG = [[
Exit status: 0 done; 1 ended early (output closed, disk full, link lost; what was found is written);
2 a wrong option, port, address, file or script (nothing was sent); 130 interrupted (Ctrl-C).

Example: ./sonde scan 127.0.0.1 -p 1-10000]]

-- Knows one command, or all of them: each brings modules that the others do not need.
local function new_parser(only)
  local parser = argparse("sonde", "Finds out what really answers at an Internet address and port.", EPILOG)
  parser:command_target "command"
  parser:require_command(true)
  parser:help_max_width(HELP_COLUMNS)
  parser:flag("--version", "Print the versions, as the command does."):target "print_version"
  for _, name in ipairs(commands) do
    if name == only or not only then
      require("sonde.cli." .. name).declare(parser)
    end
  end
  return parser
end

-- A failure the user can do something about: one sentence, then the exit status.
local function complain(sentence, status)
  io.stderr:write("sonde: ", sentence, "\n")
  return status
end

-- What the parser says of wrong words, and where help is; command: the one that was named, or nil.
local function explained(message, command)
  local negative = message:match "^unknown option '(%-%d[%w.]*)'"
  if negative then message = ("%s is negative, which nothing here can be"):format(negative) end
  message = message:gsub("\n", ". ")
  return ("%s (see: sonde %s--help)"):format(message, command and command .. " " or "")
end

-- arguments: array of strings; tree: the folder with Sonde's Lua files. Returns the exit status.
return function(arguments, tree)
  local named = is_command[arguments[1]] and arguments[1]
  local parser = new_parser(named)
  if arguments[1] == "--version" then arguments = { "version" } end   -- else a command would be required
  local ok, result = parser:pparse(arguments)
  if not ok then return complain(explained(result, named), 2) end
  result.tree = tree
  if result.print_version then result.command = "version" end
  local status, sentence = require("sonde.cli." .. result.command).run(result)
  if sentence then return complain(sentence, status) end
  return status
end
