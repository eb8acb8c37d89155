-- Port 11211: SYN-ACKs overestimate the hosts that acknowledge data by 533% (LZR).

local function acknowledges(record)
  for _, attempt in ipairs(record.attempts) do
    if attempt.acked or attempt.service then return true end
  end
  return false
end

local function run(lab)
  local hosts, services = lab:tally(), 0
  lab:scan { policy = "lzr", each = function(record)
    hosts:add(acknowledges(record))
    if record.service then services = services + 1 end
  end }
  lab:expect("SYN-ACKs per host that acknowledges data", hosts:get() / hosts:get(true), 6.33, 0.01)
  lab:expect("overestimate, %", 100 * hosts:get(false) / hosts:get(true), 533, 1)
  lab:say("%d SYN-ACKs, %d acknowledge data, %d are services", hosts:get(), hosts:get(true), services)
end

return {
  world = "port-11211",
  targets = { small = { "10.0.0.0/21" }, full = { "10.64.0.0/15" } },
  run = run,
}
