-- Whether a host answers everywhere: asked of random ports, by one of its targets, for all of them (LZR, section 3.1).

local digest = require "sonde.digest"

local host_filter = {}

local PORTS = 5                    -- how many are asked, where a policy does not say
local FIRST, LAST = 32768, 60999   -- of Linux's ephemeral range: nobody has a reason to listen there
local PATIENCE = 1                 -- seconds for each to acknowledge
local KNOCK = 0.001                -- seconds a connection is kept that tells all it can by opening
local TURNS = 20                   -- how often a target waits so long for the one that asks
local OPTIONS = { ports = "number", first = "number", last = "number", patience = "number" }

local function checked(options)
  for key, value in pairs(options or {}) do
    if OPTIONS[key] ~= type(value) then error(("a host filter has no number '%s'"):format(tostring(key)), 3) end
  end
  return options or {}
end

-- The n-th random port of a host: always the same, and no other host's.
function host_filter.random_port(address, n, first, last)
  first, last = first or FIRST, last or LAST
  return first + tonumber(digest.sha256(address .. "/" .. n):sub(1, 8), 16) % (last - first + 1)
end

-- Whether `holds(attempt)` for all of the host's random ports; the first for which it does not ends it.
local function all_ports(target, options, handshake, seconds, holds)
  for n = 1, options.ports or PORTS do
    local port = host_filter.random_port(target.address, n, options.first, options.last)
    if not holds(target:at(port):try(handshake, { timeout = seconds })) then return false end
  end
  return true
end

-- What `ask` finds out about the host, once: its other targets wait for the one that asks. It is kept in target.host.everywhere,
-- which is how the record comes to say it.
local function once(target, patience, ask)
  local host = target.host
  if host.everywhere == nil and not host.asking then
    host.asking = true
    host.everywhere = ask()
  end
  for _ = 1, TURNS do
    if host.everywhere ~= nil then break end
    target:try("wait", { timeout = patience })
  end
  if host.everywhere == nil then host.everywhere = false end   -- the one that asks was ended, or may still find out
  return host.everywhere
end

-- Whether the host acknowledges data on all of its random ports. options (may be nil): ports = how many, first and last = of
-- which range, patience = seconds for each.
function host_filter.acknowledges(target, options)
  options = checked(options)
  local patience = options.patience or PATIENCE
  return once(target, patience, function()
    return all_ports(target, options, "newlines", patience, function(attempt) return attempt.acked end)
  end)
end

-- Whether the host sends SYN-ACKs from all of its random ports; no data is sent. options: as above.
function host_filter.answers(target, options)
  options = checked(options)
  return once(target, options.patience or PATIENCE, function()
    return all_ports(target, options, "wait", KNOCK, function(attempt) return attempt.opened end)
  end)
end

return host_filter
