-- Acking firewalls: found by five random ephemeral ports, where they are, and what they drop (LZR, section 3.1).

local NETWORKS = 50

local function targets(first, bits)
  local list = {}
  for i = 1, NETWORKS do list[i] = ("%d.%d.0.0/%d"):format(first, i, bits) end
  return list
end

local function run(lab)
  local hosts = lab.size == "small" and 10000 or 100000
  local networks, truth, seen = lab:networks(), lab:truth(), {}
  local by_as, by_port, wrong, asked = lab:tally(), lab:tally(), 0, 0
  lab:scan { policy = "ephemeral-filter", each = function(record)
    if not record.everywhere then return end
    local as = networks:find(record.address).as
    by_port:add(as, record.port)
    if seen[record.address] then return end
    seen[record.address] = true
    by_as:add(as)
    if not truth(record.address, 1).kind:find "^firewall" then wrong = wrong + 1 end
  end }
  local five = 0
  for i, as in ipairs(by_as:rows()) do
    if i <= 5 then five = five + by_as:get(as) end
  end
  local without = lab:tally()
  for _, as in ipairs(by_as:rows()) do
    for _, port in ipairs { 23, 445 } do
      if by_port:get(as, port) == 0 then without:add(port) end
    end
  end
  lab:expect_at_least("firewalls removed, %", 100 * by_as:get() / (hosts * 0.02), 99.9)
  lab:expect_same("other hosts removed", wrong, 0)
  lab:expect_share("hosts that acknowledge everywhere", by_as:get(), hosts, 2, { pp = 0 })
  lab:expect_share("of them in five networks", five, by_as:get(), 77, { pp = 0 })
  lab:expect_share("networks that drop 445", without:get(445), #by_as:rows(), 28, { pp = 0 })
  lab:expect_share("networks that drop 23", without:get(23), #by_as:rows(), 10, { pp = 0 })
  -- The other form of the filter needs no data, and takes those for firewalls that answer everywhere without meaning it.
  lab:scan { policy = "syn-ack-filter", each = function(record)
    if record.everywhere and not seen[record.address] then
      seen[record.address] = true
      if truth(record.address, 1).kind == "blocking" then asked = asked + 1 end
    end
  end }
  lab:expect_at_least("blocking hosts that the SYN-ACK form removes too", asked, 0.98 * 0.03 * hosts - NETWORKS)
end

return {
  world = "acking-firewalls", targets = { small = targets(10, 24), full = targets(20, 20) }, run = run,
}
