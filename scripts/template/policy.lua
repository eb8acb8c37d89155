-- Tries the protocol expected on the port, then some others, until something answers.

local order = { "wait", "tls", "http" }   -- names from: sonde list protocols

return function(target)
  local names = { target.expected }   -- nil where nothing is assigned to the port
  for _, name in ipairs(order) do
    if name ~= target.expected then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    local attempt = target:try(name)
    -- attempt.service: what the bytes say, whatever was asked; attempt.opened: false where no connection came about
    if attempt.service or not attempt.opened then return end
  end
end
