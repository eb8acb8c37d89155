local C, ffi = require "spec.support.c" ("pace")

local second = 1e9

local function new(pps, bytes, now)
  local pace = ffi.new "struct pace"
  C.pace_init(pace, pps, bytes, now or 0)
  return pace
end

-- Sends whatever there is room for, waking up every `step` ns until `stop`; returns packets sent and when each was.
local function run(pace, start, stop, step, frame)
  local sent, times = 0, {}
  for now = start, stop, step do
    local room = C.pace_room(pace, now, frame)
    if room > 0 then
      C.pace_take(pace, room, room * frame)
      for _ = 1, room do times[#times + 1] = now end
      sent = sent + room
    end
  end
  return sent, times
end

local function most_in_a_second(times)
  local most, first = 0, 1
  for last = 1, #times do
    while times[last] - times[first] >= second do first = first + 1 end
    most = math.max(most, last - first + 1)
  end
  return most
end

describe("pace", function()
  it("reaches the packet rate, whatever the rhythm of asking", function()
    for _, step in ipairs { 1e5, 1e6, 3333333, 5e6 } do
      local sent = run(new(10000, 0), 0, 3 * second, step, 60)
      assert.is_true(sent <= 30001 and sent >= 29940, step .. ": " .. sent)
    end
  end)

  it("keeps every window of a second within 1% of the rate, also around pauses of any length", function()
    for _, pause in ipairs { 4e6, 7e6, 0.05 * second, 0.9 * second, 3600 * second } do
      local pace, times, now = new(10000, 0), {}, 0
      for _ = 1, 5 do
        local _, some = run(pace, now, now + 1.5 * second, 5e5, 60)
        for _, time in ipairs(some) do times[#times + 1] = time end
        now = now + 1.5 * second + pause
      end
      assert.is_true(most_in_a_second(times) <= 10100, pause .. ": " .. most_in_a_second(times))
    end
  end)

  it("keeps every window of a second above the rate less 2% when the core is taken away 8 ms at a time", function()
    local pace, times, now = new(10000, 0), {}, 0
    while now < 6 * second do
      local _, some = run(pace, now, now + 192e6, 5e5, 60)
      for _, time in ipairs(some) do times[#times + 1] = time end
      now = now + 200e6
    end
    local least, first = math.huge, 1
    for last = 1, #times do
      while times[last] - times[first] > second do
        least = math.min(least, last - first)
        first = first + 1
      end
    end
    assert.is_true(least >= 9800 and most_in_a_second(times) <= 10100, least .. " to " .. most_in_a_second(times))
  end)

  it("keeps the rate after a link that took a fifth of it for a while, or nothing", function()
    for _, share in ipairs { 0.2, 0 } do
      local pace, times, owed = new(10000, 0), {}, 0
      for now = 0, 4 * second, 5e5 do
        local full = now >= second and now < 1.4 * second
        owed = full and owed + 5 * share or 0 -- what the link takes in half a millisecond
        local taken = math.min(tonumber(C.pace_room(pace, now, 60)), full and math.floor(owed) or math.huge)
        owed = owed - (full and taken or 0)
        C.pace_take(pace, taken, taken * 60)
        for _ = 1, taken do times[#times + 1] = now end
      end
      assert.is_true(most_in_a_second(times) <= 10100, tostring(most_in_a_second(times)))
      local after = 0
      for _, time in ipairs(times) do after = after + (time >= 1.4 * second and time < 2.4 * second and 1 or 0) end
      assert.is_true(after >= 9800 and after <= 10100, tostring(after))
    end
  end)

  it("keeps the rate of what leaves, whatever waits in the interface while that takes nothing", function()
    for _, rate in ipairs { 10000, 50000 } do
      for _, stall in ipairs { 2e6, 0.02 * second, 0.3 * second, 2.5 * second } do
        local pace, left, waiting = new(rate, 0), {}, 0
        for now = 0, 5 * second, 5e5 do
          C.pace_in_flight(pace, waiting, 60)
          local room = C.pace_room(pace, now, 60)
          C.pace_take(pace, room, room * 60)
          waiting = waiting + room
          if now < second or now >= second + stall then
            for _ = 1, waiting do left[#left + 1] = now end
            waiting = 0
          end
        end
        local most = most_in_a_second(left)
        assert.is_true(most <= rate * 1.01, ("%d, after %d ms: %d"):format(rate, stall / 1e6, most))
        assert.is_true(#left >= (5 - stall / second) * rate * 0.98, ("%d, after %d ms: %d"):format(rate, stall / 1e6, #left))
      end
    end
  end)

  it("counts bytes that have not left as it counts packets", function()
    local pace = new(0, 1000000)
    C.pace_in_flight(pace, 40, 100)
    assert.equal(10, C.pace_room(pace, second, 100))
    C.pace_take(pace, 10, 1000)
    assert.equal(0, C.pace_room(pace, 2 * second, 100))
    C.pace_in_flight(pace, 0, 100)
    assert.equal(50, C.pace_room(pace, 3 * second, 100))
  end)

  it("makes up for short pauses, slowly: the average is the rate", function()
    local pace, sent = new(10000, 0), 0
    for tenth = 0, 299 do
      local start = tenth * 100e6
      sent = sent + run(pace, start, start + (tenth % 50 == 0 and 90e6 or 99e6), 1e6, 60)
    end
    assert.is_true(sent >= 299900 and sent <= 300101, tostring(sent))
  end)

  it("does not save up tokens over a pause", function()
    local pace = new(1000, 0)
    assert.equal(1, C.pace_room(pace, 0, 60))
    assert.equal(5, C.pace_room(pace, 3600 * second, 60))
  end)

  it("goes on at another rate without a burst, and without losing its debt", function()
    local pace = new(10000, 0)
    assert.equal(50, C.pace_room(pace, second, 60))
    C.pace_change(pace, 2000, 0, second)
    assert.equal(10, C.pace_room(pace, second, 60))
    C.pace_change(pace, 10000, 0, second)
    assert.equal(10, C.pace_room(pace, second, 60))
    C.pace_take(pace, 110, 0)
    C.pace_change(pace, 100, 0, second)
    assert.equal(0, C.pace_room(pace, 1.99 * second, 60))
    assert.equal(1, C.pace_room(pace, 2.01 * second, 60))
  end)

  it("paces by bytes", function()
    local sent = run(new(0, 125000), 0, 4 * second, 1e6, 1000)
    assert.is_true(sent >= 499 and sent <= 502, tostring(sent))
  end)

  it("obeys the tighter of the two limits", function()
    local both = run(new(100, 1000000), 0, 2 * second, 1e6, 100)
    assert.is_true(both >= 199 and both <= 201)
    both = run(new(100000, 5000), 0, 2 * second, 1e6, 100)
    assert.is_true(both >= 100 and both <= 116)
  end)

  it("sends slow rates one packet at a time", function()
    local pace, now, sent = new(3, 0), 0, 0
    while now <= 10 * second + 30 do
      assert.equal(1, C.pace_room(pace, now, 60))
      C.pace_take(pace, 1, 60)
      sent = sent + 1
      now = tonumber(C.pace_next(pace, now, 60))
    end
    assert.equal(31, sent)
    assert.equal(31 * 333333334, now)
  end)

  it("pays off debt before it sends again", function()
    local pace = new(1000, 0)
    C.pace_take(pace, 501, 0)
    assert.equal(0, C.pace_room(pace, 500e6, 60))
    assert.equal(1, C.pace_room(pace, 501e6, 60))
  end)

  it("says when there will be room, exactly", function()
    local pace = new(1000, 0)
    assert.equal(5, tonumber(C.pace_next(pace, 5, 60)))
    C.pace_take(pace, 1, 60)
    local at = C.pace_next(pace, 5, 60)
    assert.equal(1000000, tonumber(at))
    assert.equal(0, C.pace_room(pace, at - 1, 60))
    assert.equal(1, C.pace_room(pace, at, 60))
  end)

  it("lets a frame through that is larger than the burst of a very low bandwidth", function()
    local pace = new(0, 10)
    local at = C.pace_next(pace, 0, 9000)
    assert.is_true(C.pace_room(pace, at, 9000) >= 1)
    C.pace_take(pace, 1, 9000)
    at = C.pace_next(pace, at, 9000)
    assert.equal(900, math.floor(tonumber(at) / second))
    assert.equal(1, C.pace_room(pace, at, 9000))
  end)

  it("has no limit where none is set", function()
    local pace = new(0, 0)
    assert.equal(4294967295, C.pace_room(pace, 0, 60))
    C.pace_take(pace, 4294967295, 1e15)
    assert.equal(4294967295, C.pace_room(pace, 0, 60))
    assert.equal(7, tonumber(C.pace_next(pace, 7, 60)))
  end)

  it("stays sane with a clock that steps back and with numbers at their limits", function()
    local most = 0xffffffffffffffffULL
    local pace = new(most, most, most - 5)
    C.pace_take(pace, 4294967295, most)
    C.pace_take(pace, 4294967295, most)
    assert.equal(0, C.pace_room(pace, 1, 0))
    C.pace_room(pace, most, 4294967295)
    assert.is_true(C.pace_next(pace, 0, 4294967295) >= 0ULL)
    local slow = new(1, 1)
    for _ = 1, 9 do C.pace_take(slow, 4294967295, most) end
    assert.equal(0, C.pace_room(slow, second, 60))
    assert.is_true(C.pace_next(slow, 0, 60) > 1000000000ULL)
  end)
end)
