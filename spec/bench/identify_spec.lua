-- The price of a target in instructions, which do not depend on how busy the machine is.
local identify = require "spec.bench.identify"
local committed = require "spec.bench.instructions"

local GROWTH_MAX = 1.1

describe("the scanner's side of a target", function()
  if not identify.is_possible() then
    pending "is not counted: no valgrind, or a build with sanitizers"
    return
  end

  local pipes = {}

  setup(function()
    identify.build()
    for mode in pairs(identify.modes) do pipes[mode] = identify.begin(mode) end
  end)

  for _, mode in ipairs(identify.order) do
    it("takes no more instructions than it did: " .. mode, function()
      local count = identify.finish(mode, pipes[mode])
      local words = "%s: %.0f instructions per target, committed are %d (spec/bench/instructions.lua)"
      assert.is_true(count <= committed[mode] * GROWTH_MAX, words:format(mode, count, committed[mode]))
    end)
  end

  it("keeps nothing of Lua while the first question waits, where a policy asks that apart", function()
    assert.is_true(identify.open_bytes("spec/bench/hold.lua", 20000) < 16)
    assert.is_true(identify.open_bytes("expected", 20000) > 500)
  end)
end)
