-- LZR's order, for hosts that do not send SYN-ACKs everywhere: five random ephemeral ports are knocked at first, without data.

local digest = require "sonde.digest"

local order = { "wait", "tls", "http", "dns", "pptp" }
local PORTS, FIRST, LAST = 5, 32768, 60999   -- how many, of Linux's ephemeral range
local PATIENCE, TURNS = 1, 20                -- seconds, and how often: while another target of the host is knocking
local KNOCK = 0.001                          -- seconds a connection is kept that tells all it can by opening

-- The n-th random port of a host: always the same, and no other host's.
local function random_port(address, n)
  return FIRST + tonumber(digest.sha256(address .. "/" .. n):sub(1, 8), 16) % (LAST - FIRST + 1)
end

local function opens_all(target)
  for n = 1, PORTS do
    if not target:at(random_port(target.address, n)):try("wait", { timeout = KNOCK }).opened then return false end
  end
  return true
end

-- Whether the host answers everywhere; asked by one of its targets, while the others wait.
local function answers_everywhere(target)
  local host = target.host
  if host.everywhere == nil and not host.asking then
    host.asking = true
    host.everywhere = opens_all(target)
  end
  for _ = 1, TURNS do
    if host.everywhere ~= nil then break end
    target:try("wait", { timeout = PATIENCE })
  end
  return host.everywhere
end

return function(target)
  if target.syn_ack and target.syn_ack.window == 0 or answers_everywhere(target) then return end
  local names = { target.expected }
  for _, name in ipairs(order) do
    if name ~= target.expected then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    local attempt = target:try(name)
    if attempt.data or not attempt.opened or attempt.outcome == "no_ack" then return end
  end
end
