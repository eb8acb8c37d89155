local tally = require "sonde.tally"

describe("tally", function()
  it("counts by two keys and sums over either", function()
    local counts = tally.new()
    counts:add("http", 80)
    counts:add("http", 80)
    counts:add("http", 81, 3)
    counts:add("ssh", 22)
    assert.same({ 2, 5, 2, 6, 0 }, {
      counts:get("http", 80), counts:get "http", counts:get(nil, 80), counts:get(), counts:get("ssh", 80),
    })
    assert.same({ http = 5 / 6, ssh = 1 / 6 }, counts:distribution())
  end)

  it("counts by one key, and false is a key", function()
    local counts = tally.new()
    counts:add(false)
    counts:add(true, false)
    assert.same({ 1, 1, 1 }, { counts:get(false), counts:get(true, false), counts:get(nil, false) })
  end)

  it("orders keys by count, and equal counts by name", function()
    local counts = tally.new()
    for key, count in pairs { [8000] = 2, [23] = 5, [9] = 2 } do counts:add("telnet", key, count) end
    counts:add("dns", 53, 1)
    assert.same({ 23, 9, 8000 }, counts:columns "telnet")
    assert.same({ "telnet", "dns" }, counts:rows())
    assert.same({ "dns" }, counts:rows(53))
    assert.same({}, counts:columns "ftp")
  end)
end)
