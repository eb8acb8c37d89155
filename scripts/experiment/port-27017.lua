-- Port 27017: what hides behind 2.4 million SYN-ACKs (LZR, the 100% scan of June 2020).

local function run(lab)
  local verdicts, services, acknowledged, found = lab:tally(), lab:tally(), {}, {}
  lab:scan { policy = "lzr", each = function(record)
    verdicts:add(record.verdict)
    for _, attempt in ipairs(record.attempts) do
      if attempt.acked or attempt.service then
        acknowledged[#acknowledged + 1] = record.address
        break
      end
    end
    if record.service then
      services:add(record.service)
      found[record.address] = true
    end
  end }
  -- What further questions find out of the same hosts: the services there are, as far as anybody can tell.
  local missed = 0
  lab:scan { targets = acknowledged, handshakes = { "mqtt", "redis", "newlines" }, each = function(record)
    if record.service and not found[record.address] then missed = missed + 1 end
  end }
  local syn_acks, expected = verdicts:get(), services:get "mongodb"
  local sigma = { sigma = 3 }
  lab:expect_share("zero window", verdicts:get "zero_window", syn_acks, 100 * 695 / 2400, sigma)
  lab:expect_share("RST before acknowledging", verdicts:get "reset", syn_acks, 100 * 166 / 2400, sigma)
  lab:expect_share("acknowledge data", #acknowledged, syn_acks, 100 * 505 / 2400, sigma)
  lab:expect_share("never acknowledge", verdicts:get "no_ack", syn_acks, 100 * 1034 / 2400, sigma)
  lab:expect_share("expected service", expected, syn_acks, 100 * 73.3 / 2400, sigma)
  lab:expect_share("unexpected services", services:get() - expected, syn_acks, 100 * 23 / 2400, sigma)
  lab:expect_same("protocols among the unexpected", #services:rows() - 1, 14)
  lab:expect_at_least("recall of services, %", 100 * services:get() / (services:get() + missed), 99.6)
end

return {
  world = "port-27017",
  targets = { small = { "10.0.0.0/19" }, full = { "10.64.0.0/14" } },
  run = run,
}
