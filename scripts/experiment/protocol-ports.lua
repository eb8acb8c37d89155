-- One protocol across 65,535 ports: where HTTP, TLS, Telnet and AMQP are (LZR).

local POLICY = [[return function(target)
  for _, name in ipairs { "tls", "wait", "http", "amqp" } do
    if target:try(name).data then return end
  end
end]]

local SHARES = {
  { "http", 80, 3.0 }, { "http", 7547, 1.2 }, { "http", 30005, 0.7 }, { "tls", 443, 6.4 }, { "telnet", 23, 5.5 },
  { "amqp", 5672, 83.1 }, { "amqp", 5673, 3.1 },
}

-- How many ports, the fullest first, hold this share of the services.
local function ports_holding(found, service, share)
  local sum = 0
  for count, port in ipairs(found:columns(service)) do
    sum = sum + found:get(service, port)
    if sum >= share * found:get(service) then return count end
  end
end

local function run(lab)
  local found = lab:tally()
  lab:scan { script = POLICY, retries = "0", rate = "1M", each = function(record)
    if record.service then found:add(record.service, record.port) end
  end }
  for _, row in ipairs(SHARES) do
    local service, port, share = unpack(row)
    local place = ("share of %s on port %d"):format(service, port)
    lab:expect_share(place, found:get(service, port), found:get(service), share, { pp = 0.2 })
  end
  lab:expect_same("tenth port of Telnet", found:columns("telnet")[10], 2323)
  local ports = ports_holding(found, "http", 0.9)
  lab:say("%d services of HTTP, 90%% of them on %d ports", found:get "http", ports)
  -- Fewer services than ports cannot show how many ports they would need.
  if lab.size == "full" then lab:expect("ports that hold 90% of HTTP", ports, 25000, 500) end
end

return {
  world = "protocol-ports", ports = "1-65535",
  targets = { small = { "10.0.0.0/27" }, full = { "10.64.0.0/22" } },
  run = run,
}
