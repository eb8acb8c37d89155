-- Chance that is the same everywhere: Marsaglia's xorshift128, one stream for each pair of seed and case.
--
--   local random = require "spec.fuzz.random" (seed, index)
--   random(n)     a whole number, 0 <= x < n
local bit = require "bit"

local bxor, lshift, rshift, tobit = bit.bxor, bit.lshift, bit.rshift, bit.tobit
local WARM_UP = 24   -- steps until streams of neighbouring cases have nothing in common

return function(seed, index)
  local x, y = tobit(seed), bxor(tobit(math.floor(seed / 2 ^ 32)), 0x12345678)
  local z, w = tobit(index), bxor(tobit(math.floor(index / 2 ^ 32)), 0x2545f491)
  local function draw(n)
    local t = bxor(x, lshift(x, 11))
    x, y, z = y, z, w
    w = bxor(bxor(w, rshift(w, 19)), bxor(t, rshift(t, 8)))
    return math.floor(w % 2 ^ 32 / 2 ^ 32 * n)
  end
  for _ = 1, WARM_UP do draw(2) end
  return draw
end
