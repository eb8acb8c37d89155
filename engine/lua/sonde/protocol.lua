-- What a protocol's file may return, checked before a scan starts.
--
--   name       required: of a-z, 0-9 and _; the file is named after it
--   first      required: "server" or "client", whichever speaks first
--   fields     required: name -> description; the description ends with the type where it is not a string:
--              "(number)", "(boolean)", "(list of strings)", "(list of numbers)"
--   handshake  required: function(conn, record)
--   ports      the ports assigned to it; none by default
--   tls_ports  those where it is spoken inside TLS; none by default
--   service    the service it asks for, where that is not its own name: another way to open the same protocol
--   secure     the handshake that starts TLS on a connection of its own, where this one cannot
--   also       another handshake for the same service, for machines that do not understand this one
--   learn      function(bytes, record): what an answer's first bytes say, for scans that end with the first answer
--   echoes     true: its service sends back what it gets, so that an echo of this handshake, and of no other, is its answer
--   timeout    seconds for the whole handshake; 5 by default

local TIMEOUT_DEFAULT = 5
local TIMEOUT_MAX = 300

local TYPES = { number = true, boolean = true, ["list of strings"] = true, ["list of numbers"] = true }

local protocol = {}

local check = {}

function check.name(value)
  if type(value) ~= "string" or not value:find "^[a-z][a-z0-9_]*$" then return "must be made of a-z, 0-9 and _" end
end

function check.first(value)
  if value ~= "server" and value ~= "client" then return 'must be "server" or "client"' end
end

function check.handshake(value)
  if type(value) ~= "function" then return "must be a function" end
end

check.service, check.secure, check.also = check.name, check.name, check.name

function check.learn(value)
  if type(value) ~= "function" then return "must be a function" end
end

function check.echoes(value)
  if value ~= true then return "must be true where it is given" end
end

function check.timeout(value)
  if type(value) ~= "number" or not (value > 0 and value <= TIMEOUT_MAX) then
    return "must be seconds, more than 0 and at most " .. TIMEOUT_MAX
  end
end

function check.fields(value)
  if type(value) ~= "table" then return "must be a table of descriptions" end
  for field, description in pairs(value) do
    if type(field) ~= "string" or not field:find "^[a-z][a-z0-9_]*$" then
      return "has a name that is not made of a-z, 0-9 and _: " .. tostring(field)
    end
    if type(description) ~= "string" or not description:find "%S" or description:find "\n" then
      return "needs a description of " .. field .. " in one line"
    end
  end
end

function check.ports(value)
  if type(value) ~= "table" then return "must be a list of ports" end
  local seen, count = {}, 0
  for _, port in pairs(value) do
    count = count + 1
    if type(port) ~= "number" or port % 1 ~= 0 or port < 1 or port > 65535 then
      return "has what is no port: " .. tostring(port)
    end
    if seen[port] then return "names port " .. port .. " twice" end
    seen[port] = true
  end
  if count ~= #value then return "must be a list of ports" end
end

check.tls_ports = check.ports

local REQUIRED = { "name", "first", "fields", "handshake" }

-- The protocol with its defaults filled in (a copy), or nil and a sentence that names the file and the key.
function protocol.check(file, given)
  if type(given) ~= "table" then return nil, file .. ": must return a table" end
  local checked = { ports = {}, timeout = TIMEOUT_DEFAULT }
  for key, value in pairs(given) do
    if not check[key] then return nil, ("%s: unknown key %q"):format(file, tostring(key)) end
    local wrong = check[key](value)
    if wrong then return nil, ("%s: %s %s"):format(file, key, wrong) end
    checked[key] = value
  end
  for _, key in ipairs(REQUIRED) do
    if checked[key] == nil then return nil, ("%s: %s is missing"):format(file, key) end
  end
  return checked
end

-- What a checked protocol names that is no protocol, as a sentence; nil where all is there.
function protocol.missing(checked, protocols)
  for _, key in ipairs { "secure", "also" } do
    local name = checked[key]
    if name and not protocols[name] then return ("%s names '%s', which is no protocol"):format(key, name) end
  end
end

-- The type of a field, by its description: "string", "number", "boolean", "list of strings" or "list of numbers".
function protocol.type(description)
  local stated = description:match "%(([^()]*)%)$"
  return TYPES[stated] and stated or "string"
end

return protocol
