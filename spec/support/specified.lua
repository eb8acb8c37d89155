-- The servers written from specifications (spec/worlds/specification.lua), and what is true of each: spec/specification/NAME.lua.
--
-- Such a file is written from the specification as its server is, and returns
--   specification  the document, for people, e.g. "IEEE 1815"
--   hosts          a list, one for each of the world's entries of this name, in their order:
--     handshake      the protocol to finish; NAME by default
--     specification  of this one, where it has another document than the first
--     service        as Sonde names what it finds; the handshake's name by default
--     outcome        how the handshake ends; "done" by default
--     fields         what it must have learnt, exactly: what the server says of itself
--     ways           how each of WAYS is answered: the service that the answer names, or "unidentified", or without an answer
--                    "silent", "closed" or "reset"; silent where nothing is said
--   asks           a list of { what, sent, received, ending }: bytes that the first host (or the one numbered `host`) is sent,
--                  and exactly what it answers; `received` may be a function of the answer. Then it keeps the connection
--                  ("open", by default), has "closed" it or "reset" it. Published examples go here
--   strict         a list of { what, sent, received, free = { 3, { 5, 8 } } }: a question with its answer. Each byte of it,
--                  but those `free` (a position, or first and last), is changed alone, and then this answer must not come;
--                  neither must it to a beginning of the question
local world = require "sonde.world"

local specified = { WORLD = "spec/worlds/specification.lua", WAYS = { "wait", "http", "tls", "newlines" } }

local FOLDER = "spec/specification"
local KEYS = { specification = "string", hosts = "table", asks = "table", strict = "table" }
local HOST = {
  specification = "string", handshake = "string", service = "string", outcome = "string", fields = "table", ways = "table",
}

local function check_keys(where, map, keys)
  assert(type(map) == "table", where .. ": is no table")
  for key, value in pairs(map) do
    assert(keys[key] == type(value), ("%s: %s is no key, or no %s"):format(where, tostring(key), keys[key] or "key"))
  end
end

-- The addresses and ports of the world's entries of each name, in their order.
local function places()
  local found = {}
  local description = assert(world.describe(".", specified.WORLD))
  for number, network in ipairs(description.networks) do
    local place = description.kinds[next(network.hosts)][1]
    local list = found[place.service] or {}
    found[place.service] = list
    list[#list + 1] = { address = network.prefix:match "^[^/]+", port = place.ports, number = number }
  end
  return found
end

local function complete_host(where, name, host, place)
  check_keys(where, host, HOST)
  host.handshake = host.handshake or name
  host.service, host.outcome = host.service or host.handshake, host.outcome or "done"
  host.fields, host.ways = host.fields or {}, host.ways or {}
  for _, way in ipairs(specified.WAYS) do host.ways[way] = host.ways[way] or "silent" end
  host.address, host.port, host.number = place.address, place.port, place.number
  host.text = host.address .. ":" .. host.port
  host.title = where
end

-- What is said of all servers, in the order of their names, each with its name, and its hosts with address, port, text
-- ("address:port") and what was left out.
function specified.all()
  local list, found, pipe = {}, places(), assert(io.popen("LC_ALL=C ls " .. FOLDER))
  for file in pipe:lines() do
    local name = assert(file:match "^([%l%d_]+)%.lua$", file)
    local one = dofile(FOLDER .. "/" .. file)
    check_keys(name, one, KEYS)
    assert(one.specification and one.hosts and one.strict, name .. ": needs specification, hosts and strict")
    local own = found[name] or {}
    assert(#own == #one.hosts, ("%s: has %d hosts, %d in the world"):format(name, #one.hosts, #own))
    for i, host in ipairs(one.hosts) do complete_host(i == 1 and name or name .. " " .. i, name, host, own[i]) end
    one.name, one.asks, found[name] = name, one.asks or {}, nil
    list[#list + 1] = one
  end
  pipe:close()
  assert(not next(found), ("no file %s/%s.lua"):format(FOLDER, tostring(next(found))))
  return list
end

-- A policy that makes each host's own handshake to its end.
function specified.handshakes_policy(list)
  local lines = {}
  for _, one in ipairs(list) do
    for _, host in ipairs(one.hosts) do lines[#lines + 1] = ("  [%q] = %q,\n"):format(host.text, host.handshake) end
  end
  return "local own = {\n" .. table.concat(lines) .. "}\nreturn function(target)\n" ..
    '  target:try(own[target.address .. ":" .. target.port], { full = true })\nend\n'
end

-- A policy that asks each host in every way, on a connection of its own.
function specified.ways_policy()
  return 'return function(target)\n  for _, name in ipairs { "' .. table.concat(specified.WAYS, '", "') .. '" } do\n' ..
    "    target:try(name, { fresh = true, timeout = 3 })\n  end\nend\n"
end

-- Name of the specification by protocol, of those that the servers verify; and by service.
function specified.specifications()
  local by = { protocol = {}, service = {} }
  for _, one in ipairs(specified.all()) do
    for _, host in ipairs(one.hosts) do
      local document = host.specification or one.specification
      local text = { specification = document, server = "spec/worlds/servers/" .. one.name .. ".lua" }
      by.protocol[host.handshake] = by.protocol[host.handshake] or text
      by.service[host.service] = by.service[host.service] or text
    end
  end
  return by
end

return specified
