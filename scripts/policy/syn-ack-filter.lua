-- LZR's order, for hosts that do not send SYN-ACKs everywhere: five random ephemeral ports are knocked at first, without data.

local host_filter = require "sonde.host_filter"

local order = { "wait", "tls", "http", "dns", "pptp" }

return function(target)
  if target.syn_ack and target.syn_ack.window == 0 or host_filter.answers(target, { ports = 5 }) then return end
  local names = { target.expected }
  for _, name in ipairs(order) do
    if name ~= target.expected then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    local attempt = target:try(name)
    if attempt.data or not attempt.opened or attempt.outcome == "no_ack" then return end
  end
end
