-- Writes docs/reference/protocols.md from the protocol and signature files themselves; from the project's root:
--   luajit docs/reference/protocols.lua > docs/reference/protocols.md
-- after `make`, because some protocols use modules of the engine's core.
package.path = "./?.lua;engine/lua/?.lua;" .. package.path
local core = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"
package.preload["sonde.core"] = package.loadlib(core, "luaopen_sonde_core")
local new_loader = require("sonde.loader").new

local HEAD = [[
# Protocols and signatures

This page is generated: `luajit docs/reference/protocols.lua > docs/reference/protocols.md`. What it says is what
`sonde list protocols` and `sonde list signatures` say of the files in `protocols/` and `signatures/`.

## All at a glance

What Sonde speaks: who speaks first, the ports assigned to it (inside TLS in brackets), what the handshake learns, an
answer that the signature knows, and what it was verified against: servers of Debian that the lab of real servers
(`make lab`) asked in every way, finished the handshake with, and held to what they say of themselves; where Debian has
none, a server of ours, written from the specification and strict about it, that the same was done to
(`spec/worlds/specification.lua`); or the specification alone, by a scripted peer in `spec/protocols/`.

| protocol | handshake | first | ports | fields | signature examples | verified against |
| --- | --- | --- | --- | --- | --- | --- |
]]

local PROTOCOLS = [[

## Protocols Sonde speaks

A record's `fields` come from here when the handshake was finished (`--full`, `sonde probe`), and otherwise from the
signature. The first port listed is the protocol's own; a record's `expected` follows it. Fields are strings unless their
description ends with another type.

Two protocols are left out on purpose. Syslog's servers never answer, and write down whatever they are sent: a target that
acknowledges data and stays `silent` is all there is to see. Sybase (TDS 5.0 Functional Specification) has no question before
the login: the dialogue begins with the client's login record, which holds a name and a password, and the server says nothing
before it. Sonde sends none; the signature `sybase` knows the refusal where a server gives one to another question.
]]

local SIGNATURES = [[

## Services it can name

Each line is a signature: it knows the service by what it says first, whether or not Sonde speaks the protocol.

| service | specification | ports | verified against |
| --- | --- | --- | --- |]]

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

local EXAMPLE_MAX = 44

-- What a server said, for a cell: one line, nothing that Markdown would take for its own.
local function shown(bytes)
  local text = bytes:gsub("[%c\127-\255`|\\]", function(byte)
    return byte == "\r" and "\\r" or byte == "\n" and "\\n" or ("\\x%02x"):format(byte:byte())
  end)
  return "`" .. (#text > EXAMPLE_MAX and text:sub(1, EXAMPLE_MAX):gsub("\\x?%x?$", "") .. "..." or text) .. "`"
end

-- The shortest example of a signature, the first of those in the order of bytes, and how many more there are.
local function examples_cell(each)
  local examples = each and sorted_keys(each.given.examples or {}) or {}
  local best
  for _, bytes in ipairs(examples) do
    if not best or #bytes < #best then best = bytes end
  end
  if not best then return "" end
  return shown(best) .. (#examples > 1 and (", %d more"):format(#examples - 1) or "")
end

-- Products and versions of the lab that were verified to speak what `key` ("protocol" or "service") says, each once.
local function verified_cell(verified, key, name)
  local seen, names = {}, {}
  for _, one in ipairs(verified) do
    local text = one.product .. " " .. one.version
    if one[key] == name and not seen[text] then
      seen[text] = true
      names[#names + 1] = text
    end
  end
  return names[1] and table.concat(names, ", ")
end

-- Real servers, as they stand in a cell or nil; then what a server of ours was written from, and where it is.
local function against_cell(real, ours)
  if not ours then return real or "specification" end
  local text = ("a server of ours, from %s ([%s](../../%s))"):format(cell(ours.specification), ours.server:match "[^/]*$",
    ours.server)
  return real and real .. "; " .. text or text
end

local function ports_cell(protocol)
  local cells = {}
  if #protocol.ports > 0 then cells[1] = table.concat(protocol.ports, ", ") end
  if protocol.tls_ports and protocol.tls_ports[1] then
    cells[#cells + 1] = "(" .. table.concat(protocol.tls_ports, ", ") .. ")"
  end
  return table.concat(cells, " ")
end

local function overview_line(name, protocol, summary, signatures, verified, ours)
  local service = protocol.service or name
  local fields = sorted_keys(protocol.fields)
  for i, field in ipairs(fields) do fields[i] = "`" .. field .. "`" end
  return ("| [%s](#%s) | %s | %s | %s | %s | %s | %s |"):format(name, name, cell(summary), protocol.first, ports_cell(protocol),
    table.concat(fields, ", "), examples_cell(signatures[service]), against_cell(verified_cell(verified, "protocol", name)
      or service == name and verified_cell(verified, "service", name), ours[name]))
end

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
local verified, ours = dofile "spec/lab/verified.lua", require("spec.support.specified").specifications()
local set, signatures = assert(loader:signatures()), {}
for _, each in ipairs(set.all) do signatures[each.protocol] = signatures[each.protocol] or each end
local out = { HEAD:sub(1, -2) }
for _, source in ipairs(assert(loader:sources "protocol")) do
  local summary = require("sonde.loader").summary(source)
  out[#out + 1] = overview_line(source.name, protocols[source.name], summary, signatures, verified,
    ours.protocol)
end
out[#out + 1] = PROTOCOLS:sub(1, -2)
for _, source in ipairs(assert(loader:sources "protocol")) do
  protocol_lines(out, source.name, protocols[source.name], require("sonde.loader").summary(source))
end
out[#out + 1] = SIGNATURES
for _, each in ipairs(set.all) do
  out[#out + 1] = ("| %s | %s | %s | %s |"):format(each.protocol, cell(each.given.reference or ""),
    table.concat(each.given.ports or {}, ", "), against_cell(verified_cell(verified, "service", each.protocol),
      ours.service[each.protocol]))
end
print(table.concat(out, "\n"))
