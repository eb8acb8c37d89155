-- sonde version: its own version, and those of what it is linked with.

local core = require "sonde.core"

local version = {}

function version.declare(parser)
  parser:command("version", "Print the versions of Sonde and of the libraries it runs with.",
    "Example: sonde version")
end

function version.run()
  local versions = core.versions()
  print("sonde " .. versions.sonde)
  for _, name in ipairs { "luajit", "libuv", "openssl", "libpcap" } do print(("  %-8s %s"):format(name, versions[name])) end
  print(("  %-8s %s"):format("lpeg", require("lpeg").version()))
  print(("  %-8s %s"):format("argparse", require("argparse").version))
  return 0
end

return version
