-- The host a simulated server runs on: all its variety follows from its address and the world's seed.
--
--   host.address, host.port, host.service, host.options (those the server declares, as far as the world sets them)
--   host:chance(name, share)         true for this share of the hosts, or for the one that the world's options give it
--   host:number(name, first, last)   a whole number
--   host:choose(name, items)         one of the items, all alike but those that have a weight: { value, weight = w } is
--                                    the value; a table with a weight among its named fields is given as it is
--   host:share(name)                 a number from 0 to 1
--   host:prefer(name, items, holds)  as choose; where the world's options have this name, that share of the hosts gets one of
--                                    the items for which holds(item) is true, and the others one of the rest
--   host:bytes(name, count), host:hex(name, count)
--   host.clock()                     seconds of the world's time
--   host:name(), host:domain()       its invented name, "mx2.kestrel.example", and what follows its first dot
--   host:date()                      a date as HTTP writes it (RFC 9110 section 5.6.7)
-- `name` keeps one choice apart from another: the same name gives the same answer on every connection to a service.

local world_host = {}
local host = {}
world_host.__index = host

local floor, format = math.floor, string.format

-- role: { service, options }; draw(address, purpose) gives the host's share, from 0 to 1, of something; clock() the time.
function world_host.new(role, address, port, draw, clock)
  return setmetatable({
    address = address, port = port, service = role.service, options = role.options, draw = draw,
    clock = clock,
  }, world_host)
end

local function share(self, purpose)
  return self.draw(self.address, purpose)
end

function host:chance(name, usual)
  return share(self, self.service .. "/" .. name) < (self.options[name] or usual)
end

function host:number(name, first, last)
  return first + floor(share(self, self.service .. "/" .. name) * (last - first + 1))
end

local function weight_of(item)
  return type(item) == "table" and item.weight or 1
end

local function pick(items, at)
  local sum = 0
  for i = 1, #items do sum = sum + weight_of(items[i]) end
  at = at * sum
  for i = 1, #items do
    at = at - weight_of(items[i])
    if at < 0 or i == #items then return items[i] end
  end
end

function host:choose(name, items)
  local item = pick(items, share(self, self.service .. "/" .. name))
  if type(item) == "table" and item.weight and item[1] ~= nil then return item[1] end
  return item
end

function host:prefer(name, items, holds)
  if not self.options[name] then return self:choose(name, items) end
  local preferred, kept = self:chance(name), {}
  for i = 1, #items do
    if holds(items[i]) == preferred then kept[#kept + 1] = items[i] end
  end
  return self:choose(name .. "/" .. tostring(preferred), kept)
end

-- A share from 0 to 1 that is the host's own.
function host:share(name)
  return share(self, self.service .. "/" .. name)
end

function host:bytes(name, count)
  local bytes = {}
  for i = 1, count do bytes[i] = string.char(self:number(name .. "/" .. i, 0, 255)) end
  return table.concat(bytes)
end

function host:hex(name, count)
  return (self:bytes(name, count):gsub(".", function(byte) return format("%02x", byte:byte()) end))
end

local WORDS = {
  "kestrel", "harbour", "lindgren", "novapoint", "quarry", "bluefin", "orchard", "telmark", "sundial", "ironwood",
  "pinecrest", "larkspur", "meridian", "foxglove", "granite", "waterline", "brightwell", "copperfield", "northgate",
  "seabright", "alder", "thornbury", "valetta", "westmoor", "zephyr", "amberley", "castellan", "drumlin", "eastlake",
}
local ENDINGS = { "example", "example.com", "example.net", "example.org", "test" }
local PREFIXES = { "www", "mx", "mail", "srv", "host", "node", "gw", "db", "web", "vps", "ns", "app" }

function host:domain()
  local word = WORDS[1 + floor(share(self, "domain") * #WORDS)]
  return word .. "." .. ENDINGS[1 + floor(share(self, "ending") * #ENDINGS)]
end

function host:name()
  local number = floor(share(self, "host number") * 40)
  local prefix = PREFIXES[1 + floor(share(self, "prefix") * #PREFIXES)]
  return prefix .. (number > 0 and number or "") .. "." .. self:domain()
end

local DAYS = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" }
local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }
local LENGTHS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

-- Some second of 2026, whose first day is a Thursday: servers' clocks are not all right.
function host:date()
  local second = floor(share(self, "date") * 365 * 86400)
  local day, rest = floor(second / 86400), second % 86400
  local month, date = 1, day
  while date >= LENGTHS[month] do month, date = month + 1, date - LENGTHS[month] end
  return format("%s, %02d %s 2026 %02d:%02d:%02d GMT", DAYS[day % 7 + 1], date + 1, MONTHS[month],
    floor(rest / 3600), floor(rest / 60) % 60, rest % 60)
end

return world_host
