-- Verdicts: every behaviour at once, and each record held against what really is there.

-- What the evidence of each behaviour amounts to, for a policy that stops as soon as it has an answer.
local VERDICTS = {
  nobody = "filtered", drop = "filtered", refuse = "refused", serve = "service", no_ack = "no_ack", half_open = "no_ack",
  zero_window = "zero_window", slow_window = "zero_window", reset_before_ack = "reset", big_ip = "reset",
  reset_after_ack = "reset_after_data", close_before_ack = "closed", close_after_ack = "closed_after_data",
  silent = "silent", echo = "unidentified", tarpit = "unidentified", shunning = "shunned", shunning_port = "shunned",
  firewall = "silent",
}

-- What sets those apart that share a verdict. `diagnose` waits for windows, and then meets a host that only acknowledges.
local SIGNS = {
  half_open = "half_open=true", zero_window = "window_opened=false", slow_window = "window_opened=true", echo = "echo=true",
  tarpit = "tarpit=true", big_ip = "BIG-IP System", shunning = "shuns=address", shunning_port = "shuns=port",
  firewall = "everywhere=true",
}
local DIAGNOSED = setmetatable({ slow_window = "silent" }, { __index = VERDICTS })
local NAMES = { "everywhere", "half_open", "window_opened", "echo", "tarpit", "shuns" }

-- Shunning and acknowledging everywhere are what a host does, not one of its ports.
local function behaviour_of(real)
  return (real.shuns and real.behaviour == "serve" or real.kind == "firewall") and real.kind or real.behaviour
end

local function signs_of(record)
  local signs = {}
  for _, name in ipairs(NAMES) do
    if record[name] ~= nil then signs[#signs + 1] = name .. "=" .. tostring(record[name]) end
  end
  for _, attempt in ipairs(record.attempts) do
    local text = (attempt.reset_payload or ""):match "BIG%-IP System"
    if text then return text end
  end
  return table.concat(signs, " ")
end

-- Scans, and counts the records that are right and wrong for each behaviour. signs: hold these against the world, too.
local function judge(lab, targets, policy, verdicts, signs)
  local truth, confusion, wrong = lab:truth(), lab:tally(), lab:tally()
  lab:scan { targets = { targets }, policy = policy, all = true, each = function(record)
    local real = truth(record.address, record.port)
    local behaviour = behaviour_of(real)
    local right = record.verdict == verdicts[behaviour] and (behaviour ~= "serve" or record.service == real.service)
    local found = record.service or record.verdict
    if right and signs then
      right, found = signs_of(record) == (signs[behaviour] or ""), found .. " " .. signs_of(record)
    end
    if behaviour ~= "nobody" then confusion:add(behaviour, right) end
    if not right then wrong:add((real.service or behaviour) .. " taken for " .. found) end
  end }
  for _, row in ipairs(wrong:rows()) do lab:say("%d x %s", wrong:get(row), row) end
  return confusion
end

local function run(lab)
  local small = lab.size == "small"
  local still, lossy = small and "10.0.0.0/22" or "10.64.0.0/17", small and "10.1.0.0/21" or "10.65.0.0/17"
  local confusion = judge(lab, still, "lzr", VERDICTS)
  for _, behaviour in ipairs(confusion:rows()) do
    lab:expect_at_least(behaviour .. ": ports met", confusion:get(behaviour), 20)
  end
  lab:expect_same("behaviours met", #confusion:rows(), 18)
  lab:expect_same("confusions without loss", confusion:get(nil, false), 0)
  confusion = judge(lab, still, "diagnose", DIAGNOSED, SIGNS)
  lab:expect_same("confusions without loss, told apart within verdicts", confusion:get(nil, false), 0)
  confusion = judge(lab, lossy, "lzr", VERDICTS)
  lab:expect("confusions at 1% loss, % of ports", 100 * confusion:get(nil, false) / confusion:get(), 0, 0.5)
  confusion = judge(lab, lossy, "diagnose", DIAGNOSED, SIGNS)
  lab:expect("the same, told apart within verdicts", 100 * confusion:get(nil, false) / confusion:get(), 0, 0.5)
end

return { world = "verdicts", run = run }
