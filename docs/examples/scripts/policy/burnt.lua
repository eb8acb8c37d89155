-- As lzr, but leaves a host alone once it has swallowed our data without a word on two of its ports.

local order = { "wait", "tls", "http", "dns", "pptp" }

return function(target)
  if target.syn_ack and target.syn_ack.window == 0 then return end
  local host = target.host
  host.swallowed = host.swallowed or 0
  local names = { target.expected }
  for _, name in ipairs(order) do
    if name ~= target.expected then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    if host.swallowed >= 2 then return end
    local attempt = target:try(name)
    if attempt.outcome == "no_ack" then host.swallowed = host.swallowed + 1 end
    if attempt.data or not attempt.opened or attempt.outcome == "no_ack" then return end
  end
end
