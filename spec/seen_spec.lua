local C, ffi = require "spec.support.c" ("seen")

local function new(capacity, generation) return ffi.gc(C.seen_create(capacity, generation, 0), C.seen_destroy) end

describe("seen", function()
  it("remembers for one to two generations", function()
    local seen = new(100, 1000)
    assert.is_false(C.seen_add(seen, 7, 0))
    assert.is_true(C.seen_has(seen, 7, 0))
    assert.is_true(C.seen_has(seen, 7, 999))
    assert.is_true(C.seen_has(seen, 7, 1999))
    assert.is_false(C.seen_has(seen, 7, 2000))
    assert.is_false(C.seen_add(seen, 8, 1000))
    assert.is_true(C.seen_has(seen, 7, 1999))
    assert.is_false(C.seen_has(seen, 7, 2000))
    assert.is_true(C.seen_has(seen, 8, 2999))
  end)

  it("remembers anew what is seen again", function()
    local seen = new(100, 1000)
    for now = 0, 10000, 900 do assert.equal(now > 0, C.seen_add(seen, 7, now)) end
  end)

  it("forgets everything after a long pause", function()
    local seen = new(100, 1000)
    for print = 1, 50 do C.seen_add(seen, print, 0) end
    assert.is_false(C.seen_add(seen, 1, 1e12))
    assert.is_false(C.seen_has(seen, 2, 1e12))
  end)

  it("keeps apart fingerprints that collide, and knows 0", function()
    local seen = new(1000, 1000)
    for i = 0, 499 do assert.is_false(C.seen_add(seen, i * 4294967296ULL + 3, 0)) end
    for i = 0, 499 do assert.is_true(C.seen_has(seen, i * 4294967296ULL + 3, 0)) end
    assert.is_false(C.seen_has(seen, 3 + 500 * 4294967296ULL, 0))
    assert.is_false(C.seen_has(seen, 0, 0))
    assert.is_false(C.seen_add(seen, 0, 0))
    assert.is_true(C.seen_add(seen, 0, 0))
  end)

  it("forgets the oldest when it is full, and counts them", function()
    local seen = new(100, 1e9)
    for print = 1, 1000 do assert.is_false(C.seen_add(seen, print, 0)) end
    for print = 1, 1000 do assert.equal(print > 800, C.seen_has(seen, print, 0)) end
    assert.equal(800, tonumber(C.seen_forgotten(seen)))
  end)

  it("grows with what it remembers, without forgetting any of it", function()
    local seen = new(50000, 1e9)
    for i = 1, 50000 do assert.is_false(C.seen_add(seen, i * 0x9e3779b97f4a7c15ULL, 0)) end
    for i = 1, 50000 do assert.is_true(C.seen_add(seen, i * 0x9e3779b97f4a7c15ULL, 0)) end
    assert.is_false(C.seen_has(seen, 50001 * 0x9e3779b97f4a7c15ULL, 0))
    assert.equal(0, tonumber(C.seen_forgotten(seen)))
    for i = 1, 50000 do assert.is_true(C.seen_has(seen, i * 0x9e3779b97f4a7c15ULL, 1999999999)) end
    assert.is_false(C.seen_add(seen, 1 * 0x9e3779b97f4a7c15ULL, 2e9))
    assert.is_true(C.seen_add(seen, 1 * 0x9e3779b97f4a7c15ULL, 2e9))
    assert.is_false(C.seen_has(seen, 2 * 0x9e3779b97f4a7c15ULL, 2e9))
  end)

  it("takes a clock that steps back and limits of every kind", function()
    local seen = new(0, 0xffffffffffffffffULL)
    C.seen_add(seen, 1, 5000)
    assert.is_true(C.seen_add(seen, 1, 10))
    assert.is_true(C.seen_has(seen, 1, 0xfffffffffffffff0ULL))
    local never = new(16, 0)
    assert.is_false(C.seen_add(never, 1, 5))
    assert.is_false(C.seen_add(never, 1, 5))
  end)

  it("agrees with a naive model of two generations", function()
    math.randomseed(17)
    local seen, now, generation = new(4000, 1000), 0, 0
    local current, before = {}, {}
    for _ = 1, 50000 do
      if math.random() < 0.01 then now = now + math.random(0, 300) end
      if math.random() < 0.0005 then now = now + math.random(0, 2500) end
      if now - generation >= 2000 then current = {} end
      if now - generation >= 1000 then current, before, generation = {}, current, now end
      local print = math.random(0, 3000)
      local expected = current[print] or before[print] or false
      -- 0 and 1 are one fingerprint, by the choice of 0 for an empty place
      if print > 1 then
        assert.equal(expected, C.seen_add(seen, print, now))
        current[print] = true
      end
    end
  end)
end)
