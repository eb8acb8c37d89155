-- Every handshake there is, each on a connection of its own, all recorded: for comparing policies, not for everyday scans.

local PATIENCE = 15   -- seconds, so that a recording knows what a policy more patient than the protocols would have seen

return function(target)
  for i, name in ipairs(target.handshakes) do
    target:try(name, { fresh = i > 1, timeout = PATIENCE })
  end
end
