-- Writes docs/reference/protocols.md from the protocol and signature files themselves; from the project's root:
--   luajit docs/reference/protocols.lua > docs/reference/protocols.md
-- after `make`, because some protocols use modules of the engine's core.
package.path = "engine/lua/?.lua;" .. package.path
local core = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"
package.preload["sonde.core"] = package.loadlib(core, "luaopen_sonde_core")
local new_loader = require("sonde.loader").new

local HEAD = [[
# Protocols and signatures

This page is generated: `luajit docs/reference/protocols.lua > docs/reference/protocols.md`. What it says is what
`sonde list protocols` and `sonde list signatures` say of the files in `protocols/` and `signatures/`.

## Protocols Sonde speaks

A record's `fields` come from here when the handshake was finished (`--full`, `sonde probe`), and otherwise from the
signature. The first port listed is the protocol's own; a record's `expected` follows it. Fields are strings unless their
description ends with another type.

Two protocols are left out on purpose. Syslog's servers never answer, and write down whatever they are sent: a target that
acknowledges data and stays `silent` is all there is to see. Sybase answers nothing but a login, which Sonde does not send;
its signature knows the refusals that other questions get.
]]

local SIGNATURES = [[

## Services it can name

Each line is a signature: it knows the service by what it says first, whether or not Sonde speaks the protocol.

| service | specification | ports |
| --- | --- | --- |]]

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local function list(path)
  local names, pipe = {}, assert(io.popen("ls '" .. path .. "'"))
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end

local function cell(text) return (text:gsub("|", "\\|")) end

local function protocol_lines(out, name, protocol, summary)
  local ports = #protocol.ports > 0 and table.concat(protocol.ports, ", ") or "none of its own"
  out[#out + 1] = ("\n### %s\n\n%s\n\nSpeaks first: %s. Ports: %s. Deadline: %g s.")
    :format(name, summary, protocol.first, ports, protocol.timeout)
  local fields = sorted_keys(protocol.fields)
  if #fields > 0 then out[#out + 1] = "\n| field | meaning |\n| --- | --- |" end
  for _, field in ipairs(fields) do out[#out + 1] = ("| `%s` | %s |"):format(field, cell(protocol.fields[field])) end
end

local loader = new_loader(".", list, {})
local protocols = assert(loader:protocols())
local out = { HEAD:sub(1, -2) }
for _, source in ipairs(assert(loader:sources "protocol")) do
  protocol_lines(out, source.name, protocols[source.name], require("sonde.loader").summary(source))
end
out[#out + 1] = SIGNATURES
for _, each in ipairs(assert(loader:signatures()).all) do
  out[#out + 1] = ("| %s | %s | %s |"):format(each.protocol, cell(each.given.reference or ""),
    table.concat(each.given.ports or {}, ", "))
end
print(table.concat(out, "\n"))
