-- Expected and unexpected services on ports 80, 443, 623 and on ephemeral ports, of the hosts that acknowledge data (LZR).

local EPHEMERAL = "34567,41000,47001,52869,60001"
local EXPECT = {
  { port = "80", service = "http", expected = 93, other = 1.6 }, { port = "443", service = "tls", expected = 89, other = 4.25 },
  { port = "623", service = "ipmi", expected = 1, other = 18.9 }, { port = EPHEMERAL, other = 21, name = "ephemeral" },
}

local function acknowledges(record)
  for _, attempt in ipairs(record.attempts) do
    if attempt.acked or attempt.service then return true end
  end
end

local function run(lab)
  for number, row in ipairs(EXPECT) do
    local found = lab:tally()
    local target = lab.size == "small" and ("10.%d.0.0/21"):format(number) or ("10.%d.0.0/17"):format(100 + number)
    lab:scan { targets = { target }, ports = row.port, each = function(record)
      if not acknowledges(record) then return end
      found:add(not record.service and "none" or record.service == row.service and "expected" or "other")
    end }
    local name = "port " .. (row.name or row.port)
    if row.service then
      lab:expect_share(name .. ": " .. row.service, found:get "expected", found:get(), row.expected, { pp = 0.5 })
    end
    lab:expect_share(name .. ": other services", found:get "other", found:get(), row.other, { pp = 0.5 })
  end
end

return { world = "expected-services", run = run }
