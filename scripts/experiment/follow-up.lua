-- Follow-up after a wrong handshake: TLS that fails right after GET, and works again later (LZR, section 4.3).

-- GET alone; then --full follows up with the handshake of what answered: at once, 5 s after that and 120 s after that, where it
-- has not worked before.
local POLICY = [[return function(target)
  target:follow_up { 0, 5, 115 }
  target:try "http"
end]]

local function run(lab)
  local hosts, identified, worked = 0, 0, lab:tally()
  lab:scan { script = POLICY, full = true, each = function(record)
    local tries, last = 0, record.attempts[#record.attempts]
    hosts = hosts + 1
    if record.attempts[1].service == "tls" then identified = identified + 1 end
    for _, attempt in ipairs(record.attempts) do
      if attempt.follow_up then tries = tries + 1 end
    end
    worked:add(last.follow_up and last.service == "tls" and tries or "never")
  end }
  local failed = hosts - worked:get(1)
  lab:expect_share("TLS right after GET fails", failed, hosts, 29, { pp = 0.5 })
  lab:expect_share("of them it works after 5 s", worked:get(2), failed, 75, { pp = 0.5 })
  lab:expect_share("of them it works after 120 s", worked:get(2) + worked:get(3), failed, 99, { pp = 0.5 })
  lab:expect_share("identified by the answer to GET", identified, hosts, 100, { pp = 0.5 })
end

return { world = "follow-up", targets = { small = { "10.0.0.0/22" }, full = { "20.0.0.0/15" } }, run = run }
