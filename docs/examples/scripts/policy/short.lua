-- Listens first, then asks as TLS and as HTTP; stops at the first answer.

local order = { "wait", "tls", "http" }

return function(target)
  for _, name in ipairs(order) do
    local attempt = target:try(name)
    if attempt.data or not attempt.opened then return end
  end
end
