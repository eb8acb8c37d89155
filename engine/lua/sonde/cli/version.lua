-- sonde version: its own version, and those of what it is linked with.

local core = require "sonde.core"
local print_out = require "sonde.cli.print_out"

local version = {}

function version.declare(parser)
  parser:command("version", "Print the versions of Sonde and of the libraries it runs with.",
    "Example: sonde version")
end

function version.run()
  local versions = core.versions()
  local lines = { "sonde " .. versions.sonde }
  local function add(name, number) lines[#lines + 1] = ("  %-11s %s"):format(name, number) end
  for _, name in ipairs { "luajit", "libuv", "openssl", "libpcap", "libbpf", "libnftables", "libmnl" } do
    add(name, versions[name])
  end
  add("lpeg", require("lpeg").version())
  add("argparse", require("argparse").version)
  return print_out.text(table.concat(lines, "\n") .. "\n")
end

return version
