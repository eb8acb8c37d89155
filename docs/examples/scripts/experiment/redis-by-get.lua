-- How many Redis servers a GET finds, and how many their own handshake does.

local function run(lab)
  local found = lab:tally()
  lab:scan { ports = "6379", handshakes = { "http", "redis" }, each = function(record)
    for _, attempt in ipairs(record.attempts) do
      if attempt.service == "redis" then found:add(attempt.handshake) end
    end
  end }
  lab:expect_share("found by GET", found:get "http", found:get "redis", 76, { pp = 2 })
end

return {
  world = "response-matrix",
  targets = { small = { "10.15.0.0/25" }, full = { "10.115.0.0/20" } },
  run = run,
}
