-- LZR's order (Izhikevich et al., USENIX Security 2021, section 5): the port's own protocol, then wait, TLS, HTTP, DNS, PPTP.
-- Each on a connection of its own. Stops at the first data, at data that is never acknowledged, and when a further
-- connection does not open.

local order = { "wait", "tls", "http", "dns", "pptp" }

return function(target)
  if target.syn_ack and target.syn_ack.window == 0 then return end
  local names = { target.expected }
  for _, name in ipairs(order) do
    if name ~= target.expected then names[#names + 1] = name end
  end
  for i, name in ipairs(names) do
    local attempt = target:try(name, { fresh = i > 1 })
    if attempt.data or not attempt.opened or attempt.outcome == "no_ack" then return end
  end
end
