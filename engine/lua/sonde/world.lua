-- World descriptions: checked, turned into the flat arrays the engine reads, and their servers run.
--
-- A description is a table (scripts/world/demo.lua is one, with comments):
--   targets   addresses, ranges or prefixes that a scan without targets of its own takes: a list of strings
--   ports     their ports, as the command line takes them: a string
--   networks  a list of
--     prefix    "198.18.0.0/16"; an IPv6 prefix is a /96 or longer; prefixes do not overlap
--     as, name  number and name of the autonomous system (optional)
--     density   share of the addresses that have a host, 0 to 1
--     hosts     { kind = weight, ... }: the hosts' kinds; weights are relative to each other
--     rtt       { shortest, longest } in seconds; a host's own is drawn between them (default 0.02, 0.2)
--     jitter    seconds by which a host's round trip wanders; no frame overtakes another (default 0)
--     loss      share of the frames that are lost, in each direction (default 0)
--   kinds     { name = kind, ... }; a kind is a list of places, and
--     other     what its other ports do: "refuse" (default), "drop" or another behaviour
--     shuns     "source" (or true): answers one connection of each source, and no other on any port; "port": of each source
--               on each port; "all": one connection, and no other of anybody
--   A place is what is on one port of a host; where two places fall on one port, the earlier one has it:
--     service    name of a server, servers/<name>.lua beside the world or in the tree's scripts/world/servers
--     behaviour  or what a middlebox does (engine/middlebox.h): "no_ack", "half_open", "zero_window", "slow_window",
--                "reset_before_ack", "reset_after_ack", "close_before_ack", "close_after_ack", "silent", "echo",
--                "tarpit", "big_ip", "drop", "refuse"
--     chance     share of the kind's hosts that have this place (default 1)
--     ports      a port, a range "8000-8099", or { [80] = weight, ["8000-8099"] = weight }: each host has the place on
--                one of them; a range's weight is that of all its ports together
--     every      true: on every one of its ports, on each of them with that chance, instead of on one of them
--     options    { name = value, ... } of strings, numbers and booleans, as the server declares them (host.options); a
--                number under the name of one of its chances (host:chance) replaces the usual one
--     answers    { tls = share, newlines = share, get = share, wait = share, other = share }: the hosts that have an
--                answer to a ClientHello, to blank lines, to "GET /", to a client that says nothing for a while, and to
--                anything else; the others ignore it, close or reset. Without it the server decides.
-- Shares are exact within each network, not drawn: 0.25 of 1000 hosts are 250. Two scans of one world with one seed get
-- the same bytes. For that, no order may come from pairs(): names are sorted first.
--
-- A server is a table { serve = function(conn, host) ... end, options = { name = "what it does" } }: conn as protocols
-- have it, host as in sonde.world_host. serve returns to close the connection, with "reset" to reset it. A server whose
-- own `serve` has no words for something that a world's `answers` wants answered has them in complain = { tls = , newlines =,
-- get = }: functions of conn, host and that name, called when what the client said has been taken.

local loader = require "sonde.loader"
local sandbox = require "sonde.sandbox"
local world_host = require "sonde.world_host"

local world = {}

local LIFETIME = 120 -- seconds after which a server gives a connection up

local BEHAVIOURS = {
  no_ack = true, half_open = true, zero_window = true, slow_window = true, reset_before_ack = true,
  reset_after_ack = true, close_before_ack = true, close_after_ack = true, silent = true, echo = true, tarpit = true,
  big_ip = true, drop = true, refuse = true,
}

-- Raises a sentence about the description (no position in this file).
local function wrong(where, format, ...)
  error({ sentence = where .. ": " .. format:format(...) }, 0)
end

local function by_name(a, b)
  if type(a) == "number" and type(b) == "number" then return a < b end
  return tostring(a) < tostring(b)
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys, by_name)
  return keys
end

-- fields: { name = type or list of types }; `list`: positions 1..n are allowed too.
local function check_fields(value, where, fields, list)
  if type(value) ~= "table" then wrong(where, "is no table") end
  for _, key in ipairs(sorted_keys(value)) do
    local expected = fields[key]
    if not expected and not (list and type(key) == "number" and key >= 1 and key <= #value) then
      wrong(where, "unknown key '%s'", tostring(key))
    end
    if expected and not (" " .. expected .. " "):find(" " .. type(value[key]) .. " ", 1, true) then
      wrong(where, "'%s' is a %s, but must be a %s", key, type(value[key]), (expected:gsub(" ", " or a ")))
    end
  end
end

local function check_share(value, where, name)
  if not (value >= 0 and value <= 1) then wrong(where, "'%s' is a share from 0 to 1, not %g", name, value) end
  return value
end

local function check_weight(value, where)
  if type(value) ~= "number" or not (value > 0 and value < math.huge) then
    wrong(where, "a weight is a number above 0, not %s", tostring(value))
  end
  return value
end

local function check_port(value, where)
  local port = tonumber(value)
  if not port or port < 0 or port > 65535 or port % 1 ~= 0 then
    wrong(where, "'%s' is no port", tostring(value))
  end
  return port
end

local function append(list, value)
  list[#list + 1] = value
  return #list
end

-- One entry of a place's ports: { first, last, weight }.
local function compile_port(key, weight, where)
  local first, last
  if type(key) == "string" then first, last = key:match "^(%d+)%-(%d+)$" end
  first, last = check_port(first or key, where), check_port(last or key, where)
  if first > last then wrong(where, "the range %s goes backwards", key) end
  return { first, last, check_weight(weight, where) }
end

local function compile_ports(ports, where, out)
  local first = #out.ports
  if type(ports) ~= "table" then ports = { [ports] = 1 } end
  for _, key in ipairs(sorted_keys(ports)) do append(out.ports, compile_port(key, ports[key], where)) end
  if #out.ports == first then wrong(where, "'ports' names no port") end
  return first, #out.ports - first
end

local function check_options(options, where)
  for _, key in ipairs(sorted_keys(options)) do
    local kind = type(options[key])
    if type(key) ~= "string" or kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
      wrong(where, "option '%s' is no string, number or boolean under a name", tostring(key))
    end
  end
  return options
end

local ANSWERS = { tls = "number", newlines = "number", get = "number", wait = "number", other = "number" }

local function check_answers(answers, where)
  check_fields(answers, where .. ".answers", ANSWERS)
  for _, name in ipairs(sorted_keys(answers)) do check_share(answers[name], where, "answers." .. name) end
  return answers
end

local PLACE = {
  service = "string", behaviour = "string", chance = "number", ports = "number string table", options = "table",
  answers = "table", every = "boolean",
}

local function compile_place(place, where, out)
  check_fields(place, where, PLACE)
  if (place.service == nil) == (place.behaviour == nil) then
    wrong(where, "a place has either a 'service' or a 'behaviour'")
  end
  if place.behaviour and not BEHAVIOURS[place.behaviour] then
    wrong(where, "no behaviour '%s'; there are: %s", place.behaviour, table.concat(sorted_keys(BEHAVIOURS), ", "))
  end
  if not place.ports then wrong(where, "'ports' is missing") end
  if place.options and not place.service then wrong(where, "'options' are for a service") end
  if place.answers and not place.service then wrong(where, "'answers' are of a service") end
  local chance = check_share(place.chance or 1, where, "chance")
  local first, count = compile_ports(place.ports, where, out)
  append(out.places, { chance, place.behaviour or "serve", first, count, place.every or false })
  append(out.roles, {
    service = place.service, options = check_options(place.options or {}, where),
    answers = place.answers and check_answers(place.answers, where),
  })
end

local SHUNS = { nobody = true, source = true, port = true, all = true }

local function compile_kind(kind, where, out)
  check_fields(kind, where, { other = "string", shuns = "boolean string" }, true)
  local shuns = kind.shuns == true and "source" or kind.shuns or "nobody"
  if not SHUNS[shuns] then wrong(where, "'shuns' is \"source\", \"port\" or \"all\", not '%s'", shuns) end
  local other, first = kind.other or "refuse", #out.places
  if not BEHAVIOURS[other] then wrong(where, "no behaviour '%s' for 'other'", other) end
  for position, place in ipairs(kind) do compile_place(place, where .. "[" .. position .. "]", out) end
  append(out.kinds, { first, #out.places - first, other, shuns })
end

local function check_range(range, where)
  local shortest, longest = range[1], range[2]
  local good = #range == 2 and type(shortest) == "number" and type(longest) == "number" and shortest >= 0
    and shortest <= longest and longest <= 60
  if not good then wrong(where, "'rtt' is { shortest, longest } in seconds, up to 60") end
  return shortest, longest
end

local NETWORK = {
  prefix = "string", as = "number", name = "string", density = "number", hosts = "table", rtt = "table",
  jitter = "number", loss = "number",
}

local function compile_network(network, where, kind_numbers, out)
  check_fields(network, where, NETWORK)
  local prefix, bits = (network.prefix or ""):match "^([%x:.]+)/(%d%d?%d?)$"
  if not prefix then wrong(where, "'prefix' is an address, a slash and a number of bits") end
  if not network.density then wrong(where, "'density' is missing") end
  local first = #out.shares
  for _, name in ipairs(sorted_keys(network.hosts or {})) do
    if not kind_numbers[name] then wrong(where, "no kind '%s'", tostring(name)) end
    append(out.shares, { kind_numbers[name], check_weight(network.hosts[name], where) })
  end
  if #out.shares == first then wrong(where, "'hosts' names no kind") end
  local shortest, longest = check_range(network.rtt or { 0.02, 0.2 }, where)
  local jitter = network.jitter or 0
  if not (jitter >= 0 and jitter <= 60) then wrong(where, "'jitter' is in seconds, up to 60") end
  append(out.networks, {
    prefix, tonumber(bits), check_share(network.density, where, "density"), shortest, longest, jitter,
    check_share(network.loss or 0, where, "loss"), first, #out.shares - first,
  })
end

local function check_targets(description, where)
  local targets = description.targets or {}
  for position, target in ipairs(targets) do
    if type(target) ~= "string" or not target:match "^[%x:./%-]+$" then
      wrong(where, "targets[%d] is no address, range or prefix", position)
    end
  end
  return targets
end

local function compile(description, label)
  check_fields(description, label, { targets = "table", ports = "string", networks = "table", kinds = "table" })
  if not description.networks or not description.kinds then wrong(label, "a world has 'networks' and 'kinds'") end
  local out = {
    networks = {}, shares = {}, kinds = {}, places = {}, ports = {}, roles = {},
    kind_names = sorted_keys(description.kinds),
    target_text = table.concat(check_targets(description, label), " "), port_text = description.ports or "",
  }
  local numbers = {}
  for position, name in ipairs(out.kind_names) do
    if type(name) ~= "string" then wrong(label, "kinds: '%s' is no name", tostring(name)) end
    numbers[name] = position - 1
    compile_kind(description.kinds[name], ("%s: kinds.%s"):format(label, name), out)
  end
  for position, network in ipairs(description.networks) do
    compile_network(network, ("%s: networks[%d]"):format(label, position), numbers, out)
  end
  if #out.networks == 0 then wrong(label, "'networks' is empty") end
  return out
end

-- Calls with pcall; returns its value, or nil and a sentence.
local function sentence_of(f, ...)
  local ok, value = pcall(f, ...)
  if ok then return value end
  if type(value) == "table" then return nil, value.sentence end
  error(value, 0)
end

-- The flat form of a description, or nil and a sentence. `label` names it in sentences.
function world.compile(description, label)
  return sentence_of(compile, description, label)
end

local function check_server(value, label)
  check_fields(value, label, { serve = "function", options = "table", complain = "table" })
  if not value.serve then wrong(label, "a server has a function 'serve'") end
  return value
end

-- A server's script: beside the world's own file first, then in the tree.
local function load_server(service, root, directory)
  if not service:match "^[%l%d_%-]+$" then return nil, "'" .. service .. "' is no name of a service" end
  for _, place in ipairs { directory .. "/servers", root .. "/scripts/world/servers" } do
    local text = loader.read_file(place .. "/" .. service .. ".lua")
    if text then
      local label = "servers/" .. service .. ".lua"
      local value, problem = sandbox.run(text, label)
      if value == nil then return nil, problem or label .. ": returns nothing" end
      return sentence_of(check_server, value, label)
    end
  end
  return nil, "no server '" .. service .. "'"
end

local function check_role(role, server, label)
  for _, key in ipairs(sorted_keys(role.options)) do
    if not (server.options and server.options[key]) then
      wrong(label, "the server '%s' has no option '%s'; it has: %s", role.service, key,
        table.concat(sorted_keys(server.options or {}), ", "))
    end
  end
  return server
end

-- Gives each role its server; nil and a sentence when one is missing or not right.
local function load_servers(roles, root, directory, label)
  local servers = {}
  for _, role in ipairs(roles) do
    local service = role.service
    if service and not servers[service] then
      local server, problem = load_server(service, root, directory)
      if not server then return nil, label .. ": " .. problem end
      servers[service] = server
    end
    if service then
      local server, problem = sentence_of(check_role, role, servers[service], label)
      if not server then return nil, problem end
      role.server = server
    end
  end
  return true
end

-- What a world's file returns, with its label and its path; or nil and a sentence.
local function read_description(root, name)
  local by_path = name:find "/" or name:find "%.lua$"
  local path = by_path and name or ("%s/scripts/world/%s.lua"):format(root, name)
  local label = by_path and name or ("scripts/world/%s.lua"):format(name)
  local text, problem = loader.read_file(path)
  if not text then return nil, by_path and problem or ("no world '%s' (%s)"):format(name, problem) end
  local description
  description, problem = sandbox.run(text, label)
  if description == nil then return nil, problem or label .. ": returns nothing" end
  return description, label, path
end

-- The checked description of a world, without its servers: for its ports and networks. Nil and a sentence where it is not
-- right.
function world.describe(root, name)
  local description, label = read_description(root, name)
  if not description then return nil, label end
  local compiled, problem = world.compile(description, label)
  return compiled and description, problem
end

-- A world by name (scripts/world/NAME.lua in the tree at `root`) or by path: its flat form with its servers, or nil and
-- a sentence.
function world.load(root, name)
  local description, label, path = read_description(root, name)
  if not description then return nil, label end
  local compiled, problem
  compiled, problem = world.compile(description, label)
  if not compiled then return nil, problem end
  local ok, why = load_servers(compiled.roles, root, path:match "^(.*)/" or ".", label)
  if not ok then return nil, why end
  return compiled
end

-- What the client said first: a name in `answers`.
local function kind_of(bytes)
  if bytes:find "^\22\3[\1-\3]" then return "tls" end
  if bytes:find "^[\r\n]+$" then return "newlines" end
  if bytes:find "^GET / HTTP" then return "get" end
  return "other"
end

local PATIENCE = 0.5   -- seconds without a word after which a client is taken to say nothing
local SILENCES = { { "ignore", weight = 4 }, { "close", weight = 4 }, { "reset", weight = 2 } }

-- Serves a connection of a place with `answers`: as the server does where this host has an answer.
local function answer(conn, host, role, primitives)
  local server = role.server
  if primitives.linger(conn, 1, PATIENCE) == 0 then
    if host:chance("answers/wait", role.answers.wait or 0) then return server.serve(conn, host) end
    conn:peek(1)
  end
  local kind = kind_of(primitives.peek(conn, 16))
  if host:chance("answers/" .. kind, role.answers[kind] or 1) then
    local complain = server.complain and server.complain[kind]
    if not complain then return server.serve(conn, host) end
    conn:receive_some()
    return complain(conn, host, kind)
  end
  local silence = host:choose("silence", SILENCES)
  if silence == "ignore" then conn:sleep(LIFETIME) end
  return silence
end

-- The function that runs one connection of a compiled world's servers, given the conn, its place, and the local address
-- and port. draw(address, purpose) and clock() are the engine's; primitives are the conn's.
function world.runner(compiled, primitives, draw, clock)
  local roles, begin, close, abort = compiled.roles, primitives.begin, primitives.close, primitives.abort
  return function(conn, place, address, port)
    local role = roles[place + 1]
    local host = world_host.new(role, address, port, draw, clock)
    begin(conn, LIFETIME)
    local ok, result
    if role.answers then
      ok, result = pcall(answer, conn, host, role, primitives)
    else
      ok, result = pcall(role.server.serve, conn, host)
    end
    if not ok and type(result) ~= "table" then error(result, 0) end
    if result == "reset" then abort(conn) else close(conn) end
  end
end

return world
