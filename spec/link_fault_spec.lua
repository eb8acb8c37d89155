local C, ffi = require "spec.support.c" ("link_fault", "link_pipe", "error")
local wire = require "spec.support.link"

local MS = 1000000

-- A pipe with a faulty link at one end: the faulty one and the plain one, which also moves the clock.
local function faulty(config)
  local near, far = wire.pipe()
  local full = ffi.new("struct link_fault_config",
    { seed = config.seed or 1, send = config.send or {}, receive = config.receive or {} })
  local out, why = ffi.new "struct link *[1]", ffi.new "struct error"
  local code = C.link_fault_open(out, near, full, why)
  if code ~= 0 then
    wire.close(near, far)
    return nil, code, ffi.string(why.text)
  end
  return out[0], far
end

local function counts(link)
  local sent, received = ffi.new "struct link_fault_count", ffi.new "struct link_fault_count"
  C.link_fault_counts(link, sent, received)
  return sent, received
end

-- Sends n numbered frames, one per ms, and returns what came out at the other side with the ms it came at.
local function pass(far, from, to, n)
  local got, at = {}, {}
  for ms = 1, n + 200 do
    C.link_pipe_advance(far, ms * MS)
    if ms <= n then assert.equal(1, wire.send(from, "frame " .. ms)) end
    from.ops.wait(from, 0)
    for _, frame in ipairs(assert(wire.receive(to, 64))) do got[#got + 1], at[#at + 1] = frame.text, ms end
  end
  return got, at
end

-- Runs pass over both directions of the same faults; calls check with what came out and the counts of that direction.
local function both_ways(rates, n, check)
  local link, far = faulty { send = rates }
  local got, at = pass(far, link, far, n)
  check(got, at, (counts(link)))
  wire.close(link, far)
  link, far = faulty { receive = rates }
  got, at = pass(far, far, link, n)
  check(got, at, select(2, counts(link)))
  wire.close(link, far)
end

local function number(text) return tonumber(text:match "^frame (%d+)$") end

describe("link_fault", function()
  it("changes nothing when told to do nothing", function()
    local link, far = faulty {}
    assert.equal(3, wire.send(link, "a", "b", "c"))
    assert.same({ "a", "b", "c" }, wire.texts(wire.receive(far, 8)))
    wire.send(far, "d", "e")
    assert.same({ "d", "e" }, wire.texts(wire.receive(link, 8)))
    assert.equal("\2\0\0\0\0\1", ffi.string(link.mac, 6))
    assert.equal(1500, link.mtu)
    wire.close(link, far)
  end)

  it("drops about as many as told, and all or none at the ends", function()
    both_ways({ drop = 0.25 }, 1000, function(got, _, count)
      assert.equal(1000 - tonumber(count.dropped), #got)
      assert.is_true(count.dropped > 190 and count.dropped < 310)
    end)
    both_ways({ drop = 1 }, 100, function(got) assert.equal(0, #got) end)
  end)

  it("duplicates", function()
    both_ways({ duplicate = 1 }, 50, function(got)
      assert.equal(100, #got)
      for i = 1, 100, 2 do assert.equal(got[i], got[i + 1]) end
    end)
  end)

  it("flips one bit, and withdraws the kernel's word for the checksum", function()
    both_ways({ corrupt = 1 }, 50, function(got)
      for i, text in ipairs(got) do
        local was, wrong = "frame " .. i, 0
        for at = 1, #was do
          local difference = require "bit".bxor(was:byte(at), text:byte(at))
          while difference > 0 do
            wrong, difference = wrong + difference % 2, math.floor(difference / 2)
          end
        end
        assert.equal(1, wrong)
      end
    end)
    local link, far = faulty { receive = { corrupt = 1 } }
    local bytes = ffi.new("uint8_t[4]")
    local frame = ffi.new("struct frame[1]", { { bytes, 4, C.FRAME_CHECKSUM_VALID + C.FRAME_TRUNCATED, 0 } })
    far.ops.send(far, frame, 1)
    assert.equal(C.FRAME_TRUNCATED, wire.receive(link, 1)[1].flags)
    wire.close(link, far)
  end)

  it("puts frames behind the one that follows, and lets the last one go after 10 ms", function()
    both_ways({ reorder = 1 }, 5, function(got, at)
      assert.same({ "frame 2", "frame 1", "frame 4", "frame 3", "frame 5" }, got)
      assert.equal(15, at[5])
    end)
    both_ways({ reorder = 0.2 }, 500, function(got, _, count)
      local behind = 0
      for i = 2, #got do if number(got[i]) < number(got[i - 1]) then behind = behind + 1 end end
      assert.equal(500, #got)
      assert.equal(tonumber(count.reordered), behind)
      assert.is_true(behind > 60)
    end)
  end)

  it("delays within the bounds given", function()
    both_ways({ delay = 0.5, delay_min_ns = 20 * MS, delay_max_ns = 40 * MS }, 400, function(got, at, count)
      local late = 0
      assert.equal(400, #got)
      for i, text in ipairs(got) do
        local by = at[i] - number(text)
        if by > 0 then
          late = late + 1
          assert.is_true(by >= 20 and by <= 41, by)
        end
      end
      assert.equal(tonumber(count.delayed), late)
      assert.is_true(late > 150 and late < 250)
    end)
  end)

  it("does the same to the same frames with the same seed, and other things with another", function()
    local rates = { drop = 0.1, duplicate = 0.1, corrupt = 0.1, reorder = 0.1, delay = 0.1, delay_max_ns = 9 * MS }
    local function run(seed)
      local link, far = faulty { seed = seed, send = rates }
      local got = table.concat(pass(far, link, far, 300), "\n")
      wire.close(link, far)
      return got
    end
    assert.equal(run(5), run(5))
    assert.not_equal(run(5), run(6))
  end)

  it("keeps dropping the same frames when another rate changes", function()
    local function lost(rates)
      local link, far = faulty { send = rates }
      local here = {}
      for _, text in ipairs(pass(far, link, far, 300)) do here[text] = true end
      wire.close(link, far)
      local list = {}
      for i = 1, 300 do if not here["frame " .. i] then list[#list + 1] = i end end
      return list
    end
    assert.same(lost { drop = 0.1 }, lost { drop = 0.1, duplicate = 0.5, delay = 0.5, delay_max_ns = 5 * MS })
  end)

  it("takes no more than it can hold, and loses nothing of what it took", function()
    local link, far = faulty { send = { delay = 1, delay_min_ns = 5 * MS, delay_max_ns = 5 * MS } }
    local took = 0
    while wire.send(link, "frame") == 1 do took = took + 1 end
    assert.is_true(took > 4000 and took < 4096)
    C.link_pipe_advance(far, 5 * MS)
    local came = 0
    for _ = 1, 20 do
      link.ops.wait(link, 0)
      came = came + #wire.receive(far, 512)
    end
    assert.equal(took, came)
    wire.close(link, far)
  end)

  it("hands up what it holds before it says that the wire is closed", function()
    local link, far = faulty { receive = { reorder = 1 } }
    wire.send(far, "last")
    wire.close(far)
    assert.same({}, wire.receive(link, 1))
    C.link_pipe_advance(far, 10 * MS) -- the pipe lives until both ends are closed
    assert.same({ "last" }, wire.texts(wire.receive(link, 1)))
    local frames, code = wire.receive(link, 1)
    assert.is_nil(frames)
    assert.equal(C.ERR_CLOSED, code)
    wire.close(link)
  end)

  it("refuses rates that are no probabilities", function()
    local wrong = { { drop = -0.1 }, { corrupt = 1.5 }, { delay = 0 / 0 }, { delay_min_ns = 2, delay_max_ns = 1 } }
    for _, rates in ipairs(wrong) do
      local link, code, why = faulty { send = rates }
      assert.is_nil(link)
      assert.equal(C.ERR_INVALID, code)
      assert.matches("between 0 and 1", why)
    end
  end)
end)
