-- Listens first, so that servers which speak first cost no message; then asks on the same connection what else it may be.

local order = { "tls", "http", "dns", "pptp" }

local function is_over(attempt)
  return attempt.data or not attempt.opened or attempt.outcome == "no_ack"
end

return {
  first = function(target)
    if target.syn_ack and target.syn_ack.window == 0 then return end
    return "wait"
  end,

  after = function(target, attempt)
    if is_over(attempt) then return end
    local expected, names = target.expected, {}
    if expected ~= "wait" then names[1] = expected end
    for _, name in ipairs(order) do
      if name ~= expected then names[#names + 1] = name end
    end
    for _, name in ipairs(names) do
      if is_over(target:try(name)) then return end
    end
  end,
}
