local C, ffi = require "spec.support.c" ("error", "link_sim")

jit.off(true, true) -- the far side's functions are called from C

local NS = 1000000000
local START = 1000000000
local NEVER = 0xffffffffffffffffULL

-- A link whose far side counts what it gets and wants to run at `wanted` (nanoseconds).
local function open(options)
  local far = { got = 0, runs = {}, wanted = nil }
  local ops = ffi.new "struct sim_peer_ops"
  ops.deliver = function(_, link, frames, count)
    far.got = far.got + tonumber(count)
    if far.answer then far.answer(link, frames, tonumber(count)) end
  end
  ops.run = function(_, link) far.runs[#far.runs + 1], far.wanted = tonumber(link.ops.now(link)), nil end
  ops.next = function() return far.wanted or NEVER end
  local peer, config = ffi.new "struct sim_peer", ffi.new "struct link_sim_config"
  peer.ops = ops
  local counters, out = ffi.new "struct counters", ffi.new "struct link *[1]"
  config.peer, config.counters, config.seed = peer, counters, options and options.seed or 1
  config.frames_max = options and options.frames_max or 0
  assert.equal(0, C.link_sim_create(out, config, nil))
  far.counters, far.link, far.keep = counters, out[0], { ops, peer }
  function far.close()
    far.link.ops.close(far.link)
    ops.deliver:free()
    ops.run:free()
    ops.next:free()
  end
  return far
end

local function emit(far, text, delay_ns, loss)
  local path = ffi.new("struct sim_path", { delay_ns, loss or 0 })
  C.link_sim_emit(far.link, text, #text, path)
end

local function receive(far, most)
  local frames, list = ffi.new("struct frame[?]", most or 64), {}
  local count = far.link.ops.receive(far.link, frames, most or 64)
  for i = 0, count - 1 do
    list[i + 1] = { text = ffi.string(frames[i].data, frames[i].length), time = tonumber(frames[i].time_ns) }
  end
  return list
end

local function wait(far, time_ns) return far.link.ops.wait(far.link, time_ns) end
local function now(far) return tonumber(far.link.ops.now(far.link)) end

-- All that is in flight, in the order of its arrival.
local function drain(far)
  local all = {}
  for _ = 1, 100000 do
    for _, frame in ipairs(receive(far)) do all[#all + 1] = frame end
    if wait(far, NEVER) ~= 0 then return all end
  end
  error "never ends"
end

describe("link_sim", function()
  it("delivers by time, and in the order of sending within one instant", function()
    local far = open()
    emit(far, "late", 300)
    emit(far, "first", 100)
    emit(far, "second", 100)
    emit(far, "early", 50)
    local texts = {}
    for i, frame in ipairs(drain(far)) do texts[i] = frame.text .. "@" .. frame.time - START end
    assert.same({ "early@50", "first@100", "second@100", "late@300" }, texts)
    far.close()
  end)

  it("keeps a thousand frames in order", function()
    local far = open()
    for i = 1, 1000 do emit(far, tostring(i), i * 7919 % 1009) end
    local last = 0
    local all = drain(far)
    assert.equal(1000, #all)
    for _, frame in ipairs(all) do
      assert.is_true(frame.time >= last)
      last = frame.time
    end
    far.close()
  end)

  it("hands up nothing before its time, and lets no time pass but in wait", function()
    local far = open()
    emit(far, "x", 10)
    assert.same({}, receive(far))
    assert.equal(START, now(far))
    assert.equal(0, wait(far, START + 9))
    assert.equal(START + 9, now(far))
    assert.same({}, receive(far))
    assert.equal(0, wait(far, START + NS))
    assert.equal(START + 10, now(far))
    assert.equal(1, #receive(far))
    far.close()
  end)

  it("runs the far side at the very time it wanted", function()
    local far = open()
    far.wanted = START + 500
    emit(far, "x", 1000)
    wait(far, START + NS)
    assert.same({ START + 500 }, far.runs)
    wait(far, START + NS)
    assert.equal(START + 1000, now(far))
    far.close()
  end)

  it("says so when asked to wait for ever for nothing", function()
    local far = open()
    assert.equal(C.ERR_CLOSED, wait(far, NEVER))
    assert.equal(START, now(far))
    far.close()
  end)

  it("keeps the frames of a receive until the next one", function()
    local far = open()
    local frames = ffi.new "struct frame[1]"
    emit(far, "old", 1)
    wait(far, START + 1)
    far.link.ops.receive(far.link, frames, 1)
    emit(far, "new", 1)
    assert.equal("old", ffi.string(frames[0].data, 3))
    far.close()
  end)

  it("loses the share it is told to, of what comes and of what goes", function()
    local far, count, share = open(), 20000, 0.1
    for _ = 1, count do emit(far, "x", 1, share * 2 ^ 32) end
    local sigma = math.sqrt(count * share * (1 - share))
    assert.is_true(math.abs(#drain(far) - count * (1 - share)) < 4 * sigma)
    local lost = 0
    for _ = 1, count do lost = lost + (C.link_sim_lost(far.link, share * 2 ^ 32) and 1 or 0) end
    assert.is_true(math.abs(lost - count * share) < 4 * sigma)
    assert.is_false(C.link_sim_lost(far.link, 0))
    far.close()
  end)

  it("loses the same frames for the same seed, others for another", function()
    local function survivors(seed)
      local far, list = open { seed = seed }, {}
      for i = 1, 500 do emit(far, tostring(i), i, 2 ^ 30) end
      for i, frame in ipairs(drain(far)) do list[i] = frame.text end
      far.close()
      return table.concat(list, " ")
    end
    assert.equal(survivors(7), survivors(7))
    assert.are_not.equal(survivors(7), survivors(8))
  end)

  it("bounds what is in flight, counts what it drops, and takes no more while it is nearly full", function()
    local far = open { frames_max = 8 }
    local frames = ffi.new "struct frame[4]"
    for _ = 1, 5 do emit(far, "x", 10) end
    assert.equal(1, far.link.ops.send(far.link, frames, 4)) -- six are the limit for sending
    assert.equal(1, far.got)
    emit(far, "x", 10)
    assert.equal(0, far.link.ops.send(far.link, frames, 4))
    for _ = 1, 5 do emit(far, "x", 10) end
    assert.equal(3, tonumber(far.counters.dropped_kernel))
    assert.equal(8, #drain(far))
    assert.equal(4, far.link.ops.send(far.link, frames, 4))
    far.close()
  end)

  it("carries frames of every size up to the longest, and drops longer ones", function()
    local far = open()
    for _, size in ipairs { 0, 1, 127, 128, 129, 1500, 2048, 2049 } do emit(far, ("x"):rep(size), 1) end
    local sizes = {}
    for i, frame in ipairs(drain(far)) do sizes[i] = #frame.text end
    assert.same({ 0, 1, 127, 128, 129, 1500, 2048 }, sizes)
    far.close()
  end)

  it("lets the far side answer from inside a send", function()
    local far = open()
    far.answer = function(link, frames, count)
      for i = 0, count - 1 do
        C.link_sim_emit(link, frames[i].data, frames[i].length, ffi.new("struct sim_path", { 20, 0 }))
      end
    end
    local bytes, frame = ffi.new("uint8_t[3]", { 1, 2, 3 }), ffi.new "struct frame"
    frame.data, frame.length = bytes, 3
    assert.equal(1, far.link.ops.send(far.link, frame, 1))
    bytes[0] = 9 -- what is in flight is a copy
    local all = drain(far)
    assert.equal("\1\2\3", all[1].text)
    assert.equal(START + 20, all[1].time)
    far.close()
  end)
end)
