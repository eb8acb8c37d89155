-- LZR's order, and once per host the test for acking firewalls: data acknowledged on five random ephemeral ports (section 3.1).

local host_filter = require "sonde.host_filter"

local order = { "wait", "tls", "http", "dns", "pptp" }

return function(target)
  if target.syn_ack and target.syn_ack.window == 0 then return end
  local names = { target.expected }
  for _, name in ipairs(order) do
    if name ~= target.expected then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    local attempt = target:try(name)
    if attempt.data or not attempt.opened or attempt.outcome == "no_ack" then return end
    if attempt.acked and host_filter.acknowledges(target, { ports = 5 }) then return end
  end
end
