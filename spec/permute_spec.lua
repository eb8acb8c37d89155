local C, ffi = require "spec.support.c" ("error", "permute")

local function new(n, seed)
  local permute = ffi.new "struct permute"
  assert(C.permute_init(permute, n, seed) == 0)
  return permute
end

describe("permute", function()
  it("visits every element exactly once, and knows where each is", function()
    for n = 1, 300 do
      local permute, seen = new(n, n * 7), {}
      for position = 0, n - 1 do
        local element = tonumber(C.permute_at(permute, position))
        assert.is_true(element < n)
        assert.is_nil(seen[element])
        seen[element] = true
        assert.equal(position, tonumber(C.permute_position(permute, element)))
      end
    end
  end)

  it("is complete for larger sizes: powers of two, squares, primes, and their neighbours", function()
    for _, n in ipairs { 65535, 65536, 65537, 99991, 99856, 99857, 131071, 1000000 } do
      local permute, seen = new(n, 42), ffi.new("uint8_t[?]", n)
      for position = 0, n - 1 do
        local element = tonumber(C.permute_at(permute, position))
        seen[element] = seen[element] + 1
      end
      for element = 0, n - 1 do
        if seen[element] ~= 1 then error(n .. ": element " .. element .. " seen " .. seen[element] .. " times") end
      end
    end
  end)

  it("gives runs of elements as it gives them one by one", function()
    local out = ffi.new "uint64_t[100]"
    for _, n in ipairs { 1, 2, 39, 1000, 131072, 99857, 2 ^ 40, 2 ^ 62, 2 ^ 62 + 2 ^ 40, 2 ^ 63 - 2 ^ 20 } do
      local permute, count = new(n, n), math.min(n, 100)
      local last = ffi.cast("uint64_t", n) - count
      for _, first in ipairs { 0ULL, last / 3, last } do
        C.permute_run(permute, first, out, count)
        for i = 0, count - 1 do assert.equal(C.permute_at(permute, first + i), out[i]) end
      end
    end
  end)

  it("inverts itself for sizes up to the largest", function()
    math.randomseed(5)
    for bits = 20, 62 do
      local n = bit.lshift(1ULL, bits) + math.random(0, 2 ^ 31) + (bits == 62 and bit.lshift(1ULL, 62) - 2 ^ 32 or 0)
      local permute = new(n, bits)
      for _ = 1, 200 do
        local position = (math.random(0, 2 ^ 31) * 4294967296ULL + math.random(0, 2 ^ 31)) % n
        local element = C.permute_at(permute, position)
        assert.is_true(element < n)
        assert.equal(position, C.permute_position(permute, element))
      end
    end
    local n = 0x7fffffffffffffffULL
    local permute = new(n, 1)
    for _, position in ipairs { 0ULL, n - 1, n / 2 } do
      assert.equal(position, C.permute_position(permute, C.permute_at(permute, position)))
    end
  end)

  it("refuses sizes it cannot have", function()
    local permute = ffi.new "struct permute"
    for _, n in ipairs { 0ULL, 0x8000000000000000ULL, 0xffffffffffffffffULL } do
      assert.equal(C.ERR_INVALID, C.permute_init(permute, n, 1))
    end
  end)

  it("depends on the seed, and on nothing else", function()
    local same, first, again, other = 0, new(1e6, 1), new(1e6, 1), new(1e6, 2)
    for position = 0, 999 do
      assert.equal(C.permute_at(first, position), C.permute_at(again, position))
      if C.permute_at(first, position) == C.permute_at(other, position) then same = same + 1 end
    end
    assert.is_true(same <= 3)
  end)

  it("puts every element everywhere equally often over many seeds", function()
    for _, n in ipairs { 2, 3, 7, 16, 30 } do
      local seeds, count = 4000 * n, {}
      for seed = 1, seeds do
        local permute = new(n, seed)
        for position = 0, n - 1 do
          local cell = position * n + tonumber(C.permute_at(permute, position))
          count[cell] = (count[cell] or 0) + 1
        end
      end
      local expected = seeds / n
      for cell = 0, n * n - 1 do
        local off = math.abs((count[cell] or 0) - expected) / math.sqrt(expected)
        assert.is_true(off < 5, ("n %d cell %d is %.1f standard deviations off"):format(n, cell, off))
      end
    end
  end)

  it("spreads neighbours: each stretch of the order covers the whole range evenly", function()
    local n, buckets = 1000003, 64
    local permute = new(n, 77)
    for _, start in ipairs { 0, 12345, 900000 } do
      local count = {}
      for position = start, start + 63999 do
        local bucket = math.floor(tonumber(C.permute_at(permute, position)) * buckets / n)
        count[bucket] = (count[bucket] or 0) + 1
      end
      for bucket = 0, buckets - 1 do
        assert.is_true(math.abs((count[bucket] or 0) - 1000) < 180, bucket .. ": " .. tostring(count[bucket]))
      end
    end
  end)

  it("does not keep a step between neighbours", function()
    local n, steps, most = 1000003, {}, 0
    local permute = new(n, 9)
    for position = 0, 49999 do
      local step = tonumber(C.permute_at(permute, position + 1)) - tonumber(C.permute_at(permute, position))
      steps[step] = (steps[step] or 0) + 1
      most = math.max(most, steps[step])
    end
    assert.is_true(most <= 6, tostring(most))
  end)
end)
