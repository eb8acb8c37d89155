local C, ffi = require "spec.support.c" ("timer")

local tick = 1000000
local fired, on_fire

-- One callback for all timers: it writes down the address of each timer fired, and lets a test act from inside.
local fire = ffi.cast("void (*)(struct timer *, uint64_t)", function(timer, now)
  fired[#fired + 1] = tostring(timer)
  if on_fire then on_fire(timer, now) end
end)

local function advance(wheel, now) C.timer_wheel_advance(wheel, now) end
jit.off(advance) -- the call runs Lua callbacks

local function advance_some(wheel, now, most) C.timer_wheel_advance_some(wheel, now, most) end
jit.off(advance_some)

local function name(timer) return tostring(ffi.cast("struct timer *", timer)) end

describe("timer", function()
  local wheel, keep

  local function timers(count)
    keep = ffi.new("struct timer[?]", count)
    for i = 0, count - 1 do keep[i].fire = fire end
    return keep
  end

  before_each(function()
    fired, on_fire = {}, nil
    wheel = ffi.gc(C.timer_wheel_create(0), C.timer_wheel_destroy)
  end)

  it("never fires early, and at most one tick late", function()
    local timer = timers(1)
    for _, due in ipairs { 1, tick, tick + 1, 63 * tick, 64 * tick + 5, 4096 * tick, 3600e9 + 7, 90 * 86400e9 + 1 } do
      wheel = ffi.gc(C.timer_wheel_create(0), C.timer_wheel_destroy)
      fired = {}
      C.timer_start(wheel, timer, due)
      advance(wheel, due - 1)
      assert.equal(0, #fired, "early: " .. due)
      assert.is_true(C.timer_running(timer))
      advance(wheel, due + tick)
      assert.equal(1, #fired, "late: " .. due)
      assert.is_false(C.timer_running(timer))
      assert.equal(0, C.timer_wheel_count(wheel))
    end
  end)

  it("fires what is already due at the next advance, even when the clock stands still", function()
    local timer = timers(1)
    advance(wheel, 500 * tick)
    C.timer_start(wheel, timer, 3 * tick)
    assert.is_true(C.timer_wheel_next(wheel) <= 500ULL * tick)
    advance(wheel, 500 * tick)
    assert.equal(1, #fired)
  end)

  it("fires in order of due time across all levels", function()
    local due = { 70e9, 5e6, 300e6, 20e9, 6e6, 86400e9, 4e6, 65e6 }
    local timer = timers(#due)
    for i, at in ipairs(due) do C.timer_start(wheel, timer + i - 1, at) end
    advance(wheel, 2 * 86400e9)
    local expected = {}
    for _, i in ipairs { 7, 2, 5, 8, 3, 4, 1, 6 } do expected[#expected + 1] = name(timer + i - 1) end
    assert.same(expected, fired)
  end)

  it("fires so many at a time as it is told, and the rest in order, at once", function()
    local timer = timers(5)
    for i = 0, 4 do C.timer_start(wheel, timer + i, (5 - i) * tick) end
    advance_some(wheel, 10 * tick, 2)
    assert.same({ name(timer + 4), name(timer + 3) }, fired)
    assert.is_true(C.timer_wheel_next(wheel) <= 10ULL * tick)
    C.timer_stop(wheel, timer + 1)
    C.timer_start(wheel, timer + 4, 7 * tick)
    advance_some(wheel, 10 * tick, 2)
    assert.same({ name(timer + 2), name(timer) }, { fired[3], fired[4] })
    advance(wheel, 10 * tick)
    assert.same({ name(timer + 4) }, { fired[5] })
    assert.equal(0, C.timer_wheel_count(wheel))
  end)

  it("does not fire a stopped timer, and stopping twice is harmless", function()
    local timer = timers(2)
    C.timer_start(wheel, timer, 5 * tick)
    C.timer_start(wheel, timer + 1, 5 * tick)
    C.timer_stop(wheel, timer)
    C.timer_stop(wheel, timer)
    assert.equal(1, C.timer_wheel_count(wheel))
    advance(wheel, 10 * tick)
    assert.same({ name(timer + 1) }, fired)
  end)

  it("moves a timer that is started again", function()
    local timer = timers(1)
    C.timer_start(wheel, timer, 5 * tick)
    C.timer_start(wheel, timer, 500 * tick)
    assert.equal(1, C.timer_wheel_count(wheel))
    advance(wheel, 499 * tick)
    assert.equal(0, #fired)
    advance(wheel, 500 * tick)
    assert.equal(1, #fired)
  end)

  it("lets a fire function stop others that are due in the same advance", function()
    local timer = timers(3)
    for i = 0, 2 do C.timer_start(wheel, timer + i, (i + 1) * tick) end
    on_fire = function()
      C.timer_stop(wheel, timer + 1)
      C.timer_stop(wheel, timer + 2)
    end
    advance(wheel, 10 * tick)
    assert.same({ name(timer) }, fired)
    assert.equal(0, C.timer_wheel_count(wheel))
  end)

  it("is not held by a timer that starts itself for now", function()
    local timer = timers(1)
    C.timer_start(wheel, timer, tick)
    on_fire = function(self, now) C.timer_start(wheel, self, now) end
    advance(wheel, 5 * tick)
    assert.equal(1, #fired)
    advance(wheel, 5 * tick)
    assert.equal(2, #fired)
  end)

  it("takes times at the end of the clock", function()
    local timer = timers(1)
    local forever = 0xffffffffffffffffULL
    C.timer_start(wheel, timer, forever)
    assert.is_true(C.timer_wheel_next(wheel) < forever)
    advance(wheel, forever - 1)
    assert.equal(0, #fired)
    assert.is_true(C.timer_running(timer))
  end)

  it("says when to wake up: exactly when near, never too late when far, and never when empty", function()
    local timer = timers(1)
    assert.equal(0xffffffffffffffffULL, C.timer_wheel_next(wheel))
    C.timer_start(wheel, timer, 40 * tick - 5)
    assert.equal(40ULL * tick, C.timer_wheel_next(wheel))
    C.timer_start(wheel, timer, 86400e9)
    local wakes = 0
    while #fired == 0 and wakes < 100 do
      local next_ns = C.timer_wheel_next(wheel)
      assert.is_true(next_ns <= 86400ULL * 1000000000ULL)
      advance(wheel, next_ns)
      wakes = wakes + 1
    end
    assert.equal(1, #fired)
    assert.is_true(wakes <= 8)
  end)

  it("agrees with a sorted list over random starts, stops and steps of time", function()
    math.randomseed(20240607)
    local count, now = 200, 0
    local timer = timers(count)
    local index, due = {}, {}
    for i = 0, count - 1 do index[name(timer + i)] = i end
    local function ceil_tick(ns) return math.ceil(ns / tick) end
    for _ = 1, 4000 do
      local i = math.random(0, count - 1)
      local choice = math.random()
      if choice < 0.6 then
        local span = 10 ^ math.random(3, 14)
        due[i] = now + math.floor(math.random() * span) - tick
        if due[i] < 0 then due[i] = 0 end
        C.timer_start(wheel, timer + i, due[i])
      elseif choice < 0.7 then
        due[i] = nil
        C.timer_stop(wheel, timer + i)
      else
        local before = now
        now = now + math.floor(math.random() * 10 ^ math.random(5, 12))
        local next_ns = tonumber(C.timer_wheel_next(wheel))
        local expected, size = {}, 0
        for j, at in pairs(due) do
          assert.is_true(next_ns <= math.max(ceil_tick(at) * tick, before))
          if ceil_tick(at) <= math.floor(now / tick) then
            expected[j] = true
            size = size + 1
          end
        end
        fired = {}
        advance(wheel, now)
        assert.equal(size, #fired)
        for _, who in ipairs(fired) do
          assert.is_true(expected[index[who]])
          due[index[who]] = nil
        end
      end
      local running = 0
      for _ in pairs(due) do running = running + 1 end
      assert.equal(running, C.timer_wheel_count(wheel))
    end
  end)
end)
