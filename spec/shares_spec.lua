local C, ffi = require "spec.support.c" ("shares")

local function begin(count, total)
  local shares = ffi.new("struct share[?]", count)
  C.shares_begin(shares, count, total)
  return shares
end

local function sums(shares, count)
  local ordered, granted = 0, 0
  for i = 0, count - 1 do
    ordered, granted = ordered + tonumber(shares[i].ordered), granted + tonumber(shares[i].granted)
  end
  return ordered, granted
end

-- Lets `use(i, share)` say what each worker uses, balances and acknowledges `rounds` times; the sum never exceeds the total.
local function settle(shares, count, total, use, rounds)
  for _ = 1, rounds or 20 do
    for i = 0, count - 1 do
      if not shares[i].ended then shares[i].used = math.min(use(i), tonumber(shares[i].ordered)) end
    end
    C.shares_balance(shares, count, total)
    assert(select(2, sums(shares, count)) <= total)
    for i = 0, count - 1 do
      if not shares[i].ended then C.share_acknowledge(shares[i]) end
    end
    C.shares_balance(shares, count, total)
    assert(select(2, sums(shares, count)) <= total)
  end
end

local function ordered(shares, i) return tonumber(shares[i].ordered) end

describe("shares of a rate", function()
  it("are nearly all the first worker's until the others are there, and then equal", function()
    local shares = begin(3, 10001)
    assert.same({ 9999, 1, 1 }, { ordered(shares, 0), ordered(shares, 1), ordered(shares, 2) })
    settle(shares, 3, 10001, function() return 1e9 end)
    assert.same({ 3335, 3333, 3333 }, { ordered(shares, 0), ordered(shares, 1), ordered(shares, 2) })
  end)

  it("stay equal where all can use them", function()
    local shares = begin(2, 10000)
    settle(shares, 2, 10000, function() return 1e9 end)
    assert.same({ 5000, 5000 }, { ordered(shares, 0), ordered(shares, 1) })
  end)

  it("go to the others when a worker lags, and come back when it does not any more", function()
    local shares = begin(2, 10000)
    settle(shares, 2, 10000, function(i) return i == 0 and 1000 or 1e9 end)
    assert.is_true(ordered(shares, 0) <= 1300, ordered(shares, 0))
    assert.equal(10000, (sums(shares, 2)))
    settle(shares, 2, 10000, function() return 1e9 end)
    assert.same({ 5000, 5000 }, { ordered(shares, 0), ordered(shares, 1) })
  end)

  it("go to the others when a worker rests or has ended", function()
    local shares = begin(2, 10000)
    shares[0].resting = true
    settle(shares, 2, 10000, function(i) return i == 0 and 10 or 1e9 end)
    assert.is_true(ordered(shares, 1) > 9800, ordered(shares, 1))
    C.share_end(shares[0])
    settle(shares, 2, 10000, function() return 1e9 end)
    assert.equal(10000, ordered(shares, 1))
  end)

  it("go to those with targets left, also what these do not seem to need", function()
    local shares = begin(2, 10000)
    shares[0].resting = true
    settle(shares, 2, 10000, function(i) return i == 0 and 0 or 1000 end)
    assert.is_true(ordered(shares, 1) > 9800, ordered(shares, 1))
  end)

  it("are given back at once by a worker that says what it keeps", function()
    local shares = begin(2, 10000)
    settle(shares, 2, 10000, function() return 1e9 end)
    shares[0].resting = true
    C.share_give_back(shares[0], 156)
    C.shares_balance(shares, 2, 10000)
    assert.same({ 156, 9844 }, { ordered(shares, 0), ordered(shares, 1) })
    C.share_give_back(shares[0], 500) -- more is not taken that way
    assert.equal(156, ordered(shares, 0))
  end)

  it("grow no sooner than the worker that loses has said that it obeys", function()
    local shares = begin(2, 10000)
    settle(shares, 2, 10000, function() return 1e9 end)
    shares[0].used, shares[1].used = 100, 5000
    C.shares_balance(shares, 2, 10000)
    assert.is_true(ordered(shares, 0) < 5000)
    assert.equal(5000, ordered(shares, 1))
    C.shares_balance(shares, 2, 10000)
    assert.equal(5000, ordered(shares, 1))
    C.share_acknowledge(shares[0])
    C.shares_balance(shares, 2, 10000)
    assert.is_true(ordered(shares, 1) > 9000)
  end)

  it("never add up to more than the rate, whatever workers use and however they answer", function()
    local state = 7
    local function random(n)
      state = (state * 1103515245 + 12345) % 2147483648
      return math.floor(state / 65536) % n
    end
    for _, total in ipairs { 5, 17, 1000, 1000003 } do
      local count = 5
      local shares = begin(count, total)
      for _ = 1, 2000 do
        local i = random(count)
        shares[i].used, shares[i].resting = random(total + 1), random(4) == 0
        if random(2) == 0 and not shares[i].ended then C.share_acknowledge(shares[i]) end
        if random(500) == 0 then C.share_end(shares[i]) end
        C.shares_balance(shares, count, total)
        assert(select(2, sums(shares, count)) <= total)
        for j = 0, count - 1 do
          assert(shares[j].ended or ordered(shares, j) > 0, "0 would be no limit")
        end
      end
    end
  end)

  it("mean nothing where there is no limit", function()
    local shares = begin(2, 0)
    settle(shares, 2, 0, function() return 0 end)
    assert.same({ 0, 0 }, { ordered(shares, 0), ordered(shares, 1) })
  end)
end)
