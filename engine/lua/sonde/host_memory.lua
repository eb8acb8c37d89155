-- What policies remember of hosts (target.host), bounded: in two generations, of which the older is forgotten when the newer is
-- full. So the hosts seen last are remembered, and a scan of any size takes the same memory.

local HOSTS_MAX = 65536   -- in each generation

-- most: hosts in each generation (default 65536). Returns a function(address) that gives the host's table, and makes what is not
-- there; one that does not; and one that says whether there is any at all.
return function(most)
  most = most or HOSTS_MAX
  local new, old, count = {}, {}, 0
  local function known(address) return new[address] or old[address] end
  return function(address)
    local host = new[address]
    if host then return host end
    host = old[address] or { address = address, answered = nil, silent_ports = nil }   -- with room for what `sonde` remembers
    if count >= most then old, new, count = new, {}, 0 end
    new[address], count = host, count + 1
    return host
  end, known, function() return count > 0 end
end
