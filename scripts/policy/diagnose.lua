-- What stands in the way of a handshake: every defence told apart, at the price of the connections and seconds that takes.
--
-- The port's own protocol, then waiting, TLS and HTTP, each on a connection of its own, also where the window is zero. Then the
-- questions that only further ports can answer: of a host that acknowledges data and says nothing, whether it does so
-- everywhere; of one that answered once and then no more, whether it shuns us on this port or on all.

local host_filter = require "sonde.host_filter"

local ORDER = { "wait", "tls", "http" }
local WINDOW = 5          -- seconds that data waits for a window to open
local KNOCK = 0.001       -- seconds a connection is kept that tells all it can by opening
local OTHERS_MAX = 3      -- ports of the same host that have answered before, of those remembered
local STRANGERS = 1       -- and random ones, which may at least refuse

-- The host's ports that answered, for those that ask later.
local function remember(host, port)
  local ports = host.ports or {}
  host.ports = ports
  if #ports < OTHERS_MAX then ports[#ports + 1] = port end
end

-- Where else this host might still answer.
local function other_ports(target)
  local list = {}
  for _, port in ipairs(target.host.ports) do
    if port ~= target.port then list[#list + 1] = port end
  end
  for n = 1, STRANGERS do list[#list + 1] = host_filter.random_port(target.address, n) end
  return list
end

-- After an answer and then none: "port" where another port of the host still says something, else "address".
local function whom_it_shuns(target)
  for _, port in ipairs(other_ports(target)) do
    local attempt = target:at(port):try("wait", { timeout = KNOCK })
    if attempt.opened or attempt.outcome == "refused" then return "port" end
  end
  return "address"
end

local function questions(expected, asked)
  local names = { expected ~= "wait" and expected ~= asked and expected or nil }
  for _, name in ipairs(ORDER) do
    if name ~= expected and name ~= asked then names[#names + 1] = name end
  end
  return names
end

return function(target)
  local host = target.host
  remember(host, target.port)
  local shut = target.syn_ack and target.syn_ack.window == 0
  if shut then
    local attempt = target:try("http", { timeout = WINDOW, why = "does the window open?" })
    if attempt.data or not attempt.window_opened then return end
  end
  for i, name in ipairs(questions(target.expected, shut and "http" or nil)) do
    local attempt = target:try(name, { fresh = shut or i > 1 })
    if not attempt.opened then
      host.shuns = host.shuns or whom_it_shuns(target)
      return
    end
    if attempt.data or attempt.outcome == "no_ack" or attempt.reset_payload then return end
    if attempt.acked and host_filter.acknowledges(target) then return end
  end
end
