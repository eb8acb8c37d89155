-- Follow-up after a wrong handshake: TLS that fails right after GET, and works again later (LZR, section 4.3).

-- GET, then TLS at once, 5 s after it and 120 s after it, where it has not worked before.
local POLICY = [[return function(target)
  target:try("http")
  for _, seconds in ipairs { 0, 5, 115 } do
    if seconds > 0 then target:try("wait", { fresh = true, timeout = seconds }) end
    if target:try("tls", { fresh = true }).service then return end
  end
end]]

local function run(lab)
  local hosts, identified, worked = 0, 0, lab:tally()
  lab:scan { script = POLICY, each = function(record)
    local tries = 0
    hosts = hosts + 1
    if record.attempts[1].service == "tls" then identified = identified + 1 end
    for _, attempt in ipairs(record.attempts) do
      if attempt.handshake == "tls" then tries = tries + 1 end
    end
    worked:add(record.attempts[#record.attempts].service and tries or "never")
  end }
  local failed = hosts - worked:get(1)
  lab:expect_share("TLS right after GET fails", failed, hosts, 29, { pp = 0.5 })
  lab:expect_share("of them it works after 5 s", worked:get(2), failed, 75, { pp = 0.5 })
  lab:expect_share("of them it works after 120 s", worked:get(2) + worked:get(3), failed, 99, { pp = 0.5 })
  lab:expect_share("identified by the answer to GET", identified, hosts, 100, { pp = 0.5 })
end

return { world = "follow-up", targets = { small = { "10.0.0.0/22" }, full = { "20.0.0.0/15" } }, run = run }
