local C, ffi = require "spec.support.c" ("outbox", "link_pipe", "error")
local wire = require "spec.support.link"

describe("outbox", function()
  local outbox, a, b, pace, counters

  before_each(function()
    outbox = ffi.gc(C.outbox_create(16), C.outbox_destroy)
    a, b = wire.pipe(C.LINK_RAW_IP)
    pace, counters = ffi.new "struct pace", ffi.new "struct counters"
    C.pace_init(pace, 0, 0, 0)
  end)

  after_each(function() wire.close(a, b) end)

  local function put(text)
    local place = C.outbox_reserve(outbox)
    if place == nil then return false end
    ffi.copy(place, text, #text)
    C.outbox_commit(outbox, #text)
    return true
  end

  local function drain(now) return C.outbox_drain(outbox, a, pace, now or 0, counters) end
  local function received() return wire.texts(assert(wire.receive(b, 1024))) end

  it("hands frames to the link in order and counts them", function()
    assert.is_true(put "one" and put "two")
    assert.equal(2, C.outbox_count(outbox))
    assert.equal(2, drain())
    assert.same({ "one", "two" }, received())
    assert.equal(2, tonumber(counters.frames_sent))
    assert.equal(6, tonumber(counters.bytes_sent))
    assert.equal(0, C.outbox_count(outbox))
  end)

  it("is full at its size, whatever the frames' lengths, and says how much room is sure", function()
    local count = 0
    while put "x" do count = count + 1 end
    assert.equal(16, count)
    assert.equal(0, C.outbox_room(outbox))
    drain()
    count = 0
    local room = C.outbox_room(outbox)
    while put(("y"):rep(2048)) do count = count + 1 end
    assert.is_true(count >= room and room > 0)
  end)

  it("takes many of one length at once, as many as there is room for", function()
    local room = ffi.new "uint32_t[1]"
    assert.is_true(put "first")
    local place = C.outbox_reserve_many(outbox, 3, 20, room)
    assert.equal(15, room[0])
    ffi.copy(place, ("abc"):rep(15), 45)
    C.outbox_commit_many(outbox, 3, 15)
    assert.is_true(C.outbox_reserve_many(outbox, 3, 1, room) == nil)
    drain()
    local list = received()
    assert.same({ 16, "first", "abc", "abc" }, { #list, list[1], list[2], list[16] })
    for _ = 1, 30 do
      place = C.outbox_reserve_many(outbox, 2048, 16, room)
      assert.is_true(room[0] >= 1)
      for i = 0, room[0] - 1 do ffi.fill(place + 2048 * i, 2048, 65 + i) end
      C.outbox_commit_many(outbox, 2048, room[0])
      drain()
      for i, text in ipairs(received()) do assert.equal(string.char(64 + i):rep(2048), text) end
    end
  end)

  it("forgets a place that was reserved and not committed", function()
    C.outbox_reserve(outbox)
    put "only"
    drain()
    assert.same({ "only" }, received())
  end)

  it("keeps what a full link does not take, and sends it first later", function()
    local filler = {}
    for i = 1, 1022 do filler[i] = "f" end
    assert.equal(1022, wire.send(a, unpack(filler)))
    for i = 1, 5 do put("frame " .. i) end
    assert.equal(2, drain())
    assert.equal(3, C.outbox_count(outbox))
    assert.equal(0, drain())
    received()
    received() -- the pipe's places are free after the next receive
    put "frame 6"
    assert.equal(4, drain())
    assert.same({ "frame 3", "frame 4", "frame 5", "frame 6" }, received())
  end)

  it("keeps to the pace", function()
    C.pace_init(pace, 1000, 0, 0)
    for i = 1, 10 do put("frame " .. i) end
    assert.equal(1, drain(0))
    assert.equal(0, drain(500000))
    assert.equal(1, drain(1000000))
    assert.equal(3, drain(4000000))
  end)

  it("carries any mixture of lengths through its ring unharmed", function()
    local state, sent, got = 3, {}, {}
    local function draw(n)
      state = (state * 1103515245 + 12345) % 2 ^ 31
      return math.floor(state / 65536) % n
    end
    for i = 1, 3000 do
      local text = string.char(i % 256):rep(1 + draw(2048))
      if draw(2) == 0 then text = text:sub(1, 60) end
      if put(text) then sent[#sent + 1] = text end
      if draw(8) == 0 then
        C.pace_init(pace, 1000000000, 0, 0)
        drain(draw(12))
        for _, each in ipairs(received()) do got[#got + 1] = each end
      end
    end
    C.pace_init(pace, 0, 0, 0)
    drain()
    for _, each in ipairs(received()) do got[#got + 1] = each end
    assert.equal(#sent, #got)
    for i = 1, #sent do assert.is_true(sent[i] == got[i]) end
  end)
end)
