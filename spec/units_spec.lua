local C, ffi = require "spec.support.c" ("error", "units")

local function reader(parse)
  return function(text)
    local out, why = ffi.new "uint64_t[1]", ffi.new "struct error"
    local code = parse(text, out, why)
    if code == 0 then return out[0] end
    assert.equal(C.ERR_INVALID, code)
    return nil, ffi.string(why.text)
  end
end

local number, bandwidth, duration = reader(C.units_number), reader(C.units_bandwidth), reader(C.units_duration)

describe("units", function()
  it("reads numbers with and without a unit", function()
    for text, expected in pairs {
      ["0"] = 0, ["500"] = 500, ["10k"] = 10000, ["10K"] = 10000, ["1.5M"] = 1500000, ["2G"] = 2000000000,
      ["0.001k"] = 1, ["1.05k"] = 1050, ["1.000"] = 1, ["007"] = 7, ["1.0000000000000000000000k"] = 1000,
    } do assert.equal(ffi.cast("uint64_t", expected), number(text), text) end
    assert.equal(18446744073709551615ULL, number "18446744073709551615")
  end)

  it("turns bits per second into bytes per second", function()
    assert.equal(1250000ULL, bandwidth "10M")
    assert.equal(125000000ULL, bandwidth "1G")
    assert.equal(187500ULL, bandwidth "1.5M")
    assert.equal(1ULL, bandwidth "15")
    assert.equal(0ULL, bandwidth "0")
    assert.matches("less than a byte", select(2, bandwidth "7"))
  end)

  it("turns durations into nanoseconds", function()
    for text, expected in pairs {
      ["500ms"] = 5e8, ["2s"] = 2e9, ["1m"] = 6e10, ["1.5h"] = 5400e9, ["1d"] = 86400e9, ["10us"] = 1e4, ["7ns"] = 7,
      ["0s"] = 0, ["0.25s"] = 25e7,
    } do assert.equal(ffi.cast("uint64_t", expected), duration(text), text) end
  end)

  it("refuses everything else with a sentence that quotes it", function()
    for _, text in ipairs { "", "k", "-1", "+1", " 1", "1 ", "1 k", "10kk", "1e6", "0x10", "1.", ".5", "1..5", "1.5",
      "10q", "1,5M", "0.0001k", "nan", "inf",
      "18446744073709551616", "18446744073709552k", "99999999999999999999999" } do
      local value, sentence = number(text)
      assert.is_nil(value, text)
      assert.is_truthy(sentence:find('"' .. text .. '"', 1, true), sentence)
    end
    for _, text in ipairs { "", "5", "-1s", "1 s", "1S", "0.5ns", "1.5", "300000d", "99999999999999999s", "1ms1s" } do
      assert.is_nil(duration(text), text)
    end
    for _, text in ipairs { "10Mbit", "10M/s", "-10M", "10MB" } do assert.is_nil(bandwidth(text), text) end
  end)

  it("shortens hostile input in its sentence", function()
    local _, sentence = number(("9"):rep(100000))
    assert.is_true(#sentence < 200)
  end)
end)
