local verdict = require "sonde.verdict"

local function attempt(outcome, more)
  local made = { outcome = outcome, opened = true, sent = true }
  for key, value in pairs(more or {}) do made[key] = value end
  return made
end

local function not_opened(outcome)
  return { outcome = outcome, opened = false }
end

describe("verdict", function()
  it("is service where a signature knew what came, whatever else happened", function()
    assert.equal("service", verdict.of({ attempt("reset"), attempt("answered", { data = "x", service = "ssh" }) }))
    assert.equal("service", verdict.of({ attempt("script_error", { data = "x", service = "ssh" }) }))
  end)

  it("is unidentified where data came that no signature knows", function()
    assert.equal("unidentified", verdict.of({ attempt("answered", { data = "x" }), attempt("no_ack") }))
    assert.equal("unidentified", verdict.of({ attempt("answered", { data = "x" }), not_opened "filtered" }))
  end)

  it("tells what an attempt without data showed", function()
    local shown = {
      { "no_ack", "no_ack" }, { "zero_window", "zero_window" },
      { "reset", "reset" }, { "reset", "reset_after_data", { acked = true } },
      { "closed", "closed" }, { "closed", "closed_after_data", { acked = true } },
      { "timeout", "silent", { acked = true } }, { "done", "silent", { acked = true } },
    }
    for _, case in ipairs(shown) do
      assert.equal(case[2], verdict.of({ attempt(case[1], case[3]) }), case[2])
    end
  end)

  it("takes the strongest of what several attempts showed", function()
    local acked = { acked = true }
    local order = {
      attempt("closed"), attempt("reset"), attempt("no_ack"), attempt("zero_window"), attempt("reset", acked),
      attempt("closed", acked), attempt("timeout", acked),
    }
    local names = {
      "closed", "reset", "no_ack", "zero_window", "reset_after_data", "closed_after_data", "silent",
    }
    for i = 2, #order do
      assert.equal(names[i], verdict.of({ order[i - 1], order[i] }))
      assert.equal(names[i], verdict.of({ order[i], order[i - 1] }))
    end
  end)

  it("is shunned where the host answered once and to no later connection", function()
    assert.equal("shunned", verdict.of({ attempt("reset"), not_opened "filtered" }))
    assert.equal("shunned", verdict.of({ attempt("closed", { acked = true }), not_opened "refused" }))
    assert.equal("reset", verdict.of({ attempt("reset"), attempt("reset"), not_opened "filtered" }))
  end)

  it("does not call a host shunning that this machine could not reach again", function()
    assert.equal("reset", verdict.of({ attempt("reset"), not_opened "local" }))
    assert.equal("reset", verdict.of({ attempt("reset"), not_opened "blocked" }))
  end)

  it("is zero_window from the SYN-ACK alone where nothing was tried", function()
    assert.equal("zero_window", verdict.of({}, { window = 0 }))
    assert.equal("untried", verdict.of({}, { window = 100 }))
  end)

  it("claims nothing where nothing was sent or nobody waited", function()
    assert.equal("untried", verdict.of({ attempt("timeout", { sent = false }) }))
    assert.equal("untried", verdict.of({ attempt("done") }))
    assert.equal("untried", verdict.of({ attempt("stopped", { acked = true }) }))
  end)

  it("knows what sets targets of one verdict apart", function()
    local function signs(name, ...)
      local half_open, window_opened, echo, tarpit = verdict.signs_of({ ... }, name)
      return { half_open = half_open, window_opened = window_opened, echo = echo, tarpit = tarpit }
    end
    local tiny = { window = 3, window_least = 3, seconds = 5, acked = true }
    assert.same({}, signs("no_ack", attempt "no_ack"))
    assert.same({ half_open = true }, signs("no_ack", attempt("no_ack", { syn_ack_repeats = 1 })))
    assert.same({}, signs("silent", attempt("timeout", { syn_ack_repeats = 1 })))
    assert.same({}, signs("zero_window"))
    assert.same({ window_opened = false }, signs("zero_window", attempt "zero_window"))
    assert.same({ window_opened = true }, signs("silent", attempt "zero_window", attempt("timeout", { window_opened = 3 })))
    assert.same({ echo = true }, signs("unidentified", attempt("answered", { data = "x", echo = true })))
    assert.same({ tarpit = true }, signs("silent", attempt("timeout", tiny)))
    tiny.data = "xxxxxx"
    assert.same({ tarpit = true }, signs("unidentified", attempt("answered", tiny)))
    assert.same({}, signs("service", attempt("answered", tiny)))
    tiny.data = "xxxxxxx"
    assert.same({}, signs("unidentified", attempt("answered", tiny)))
    assert.same({}, signs("silent", attempt("timeout", { window = 64, window_least = 64, seconds = 5 })))
    assert.same({}, signs("silent", attempt("timeout", { window = 29200, window_least = 3, seconds = 5 })))
    assert.same({}, signs("filtered", not_opened "filtered"))
  end)

  it("has a meaning for every name it gives", function()
    local known = {}
    for _, row in ipairs(verdict.meanings) do
      assert.truthy(row[1]:find "^[a-z_]+$" and #row[2] > 0)
      assert.is_nil(known[row[1]])
      known[row[1]] = true
    end
    for _, name in ipairs {
      "service", "unidentified", "silent", "reset_after_data", "closed_after_data", "no_ack", "reset", "closed",
      "zero_window", "shunned", "untried", "script_error", "refused", "filtered",
    } do
      assert.is_true(known[name], name)
    end
  end)
end)
