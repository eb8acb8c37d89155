-- Listens first, so that servers which speak first cost no message; then asks on the same connection what else it may be.

local order = { "tls", "http", "dns", "pptp" }

return function(target)
  if target.syn_ack and target.syn_ack.window == 0 then return end
  local names = { "wait" }
  if target.expected ~= "wait" then names[2] = target.expected end
  for _, name in ipairs(order) do
    if name ~= target.expected then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    local attempt = target:try(name)
    if attempt.data or not attempt.opened or attempt.outcome == "no_ack" then return end
  end
end
