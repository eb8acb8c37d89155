-- Verdicts: every behaviour at once, and each verdict held against what really is there.

-- What the evidence of each behaviour amounts to. Three share a verdict with another one: a half-open host never
-- acknowledges either; echoes and drips are data that no signature knows; a load balancer's RST keeps its text.
local EXPECTED = {
  nobody = "filtered", drop = "filtered", refuse = "refused", serve = "service", no_ack = "no_ack", half_open = "no_ack",
  zero_window = "zero_window", slow_window = "zero_window", reset_before_ack = "reset", big_ip = "reset",
  reset_after_ack = "reset_after_data", close_before_ack = "closed", close_after_ack = "closed_after_data",
  silent = "silent", echo = "unidentified", tarpit = "unidentified",
}

local function judge(lab, targets)
  local truth, confusion, texts, wrong = lab:truth(), lab:tally(), 0, lab:tally()
  lab:scan { targets = { targets }, all = true, each = function(record)
    local real = truth(record.address, record.port)
    local expected = real.shuns and real.behaviour == "serve" and "shunned" or EXPECTED[real.behaviour]
    local right = record.verdict == expected and (expected ~= "service" or record.service == real.service)
    if real.behaviour ~= "nobody" then confusion:add(real.behaviour, right) end
    if not right then wrong:add((real.service or real.behaviour) .. " taken for " .. (record.service or record.verdict)) end
    local kept = false
    for _, attempt in ipairs(record.attempts) do
      kept = kept or (attempt.reset_payload or ""):find "BIG%-IP System"
    end
    if kept then texts = texts + 1 end
  end }
  for _, row in ipairs(wrong:rows()) do lab:say("%d x %s", wrong:get(row), row) end
  return confusion, texts
end

local function run(lab)
  local small = lab.size == "small"
  local confusion, texts = judge(lab, small and "10.0.0.0/22" or "10.64.0.0/17")
  for _, behaviour in ipairs(confusion:rows()) do
    lab:expect_at_least(behaviour .. ": ports met", confusion:get(behaviour), 20)
  end
  lab:expect_same("behaviours met", #confusion:rows(), 15)
  lab:expect_same("confusions without loss", confusion:get(nil, false), 0)
  lab:expect_same("texts of load balancers kept", texts, confusion:get "big_ip")
  confusion = judge(lab, small and "10.1.0.0/21" or "10.65.0.0/17")
  lab:expect("confusions at 1% loss, % of ports", 100 * confusion:get(nil, false) / confusion:get(), 0, 0.5)
end

return { world = "verdicts", run = run }
