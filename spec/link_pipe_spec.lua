local C, ffi = require "spec.support.c" ("link_pipe", "error")
local wire = require "spec.support.link"

describe("link_pipe", function()
  local a, b

  before_each(function() a, b = wire.pipe() end)

  it("hands over frames in order, with the clock's time", function()
    C.link_pipe_advance(a, 1500)
    assert.equal(2, wire.send(a, "one", "two"))
    C.link_pipe_advance(b, 2500)
    assert.equal(1, wire.send(a, "three"))
    local frames = wire.receive(b, 8)
    assert.same({ "one", "two", "three" }, wire.texts(frames))
    assert.same({ 1500, 1500, 2500 }, { frames[1].time_ns, frames[2].time_ns, frames[3].time_ns })
    assert.same({}, wire.receive(b, 8))
    wire.close(a, b)
  end)

  it("has one clock for both ends, which never goes back", function()
    C.link_pipe_advance(a, 700)
    C.link_pipe_advance(b, 300)
    assert.equal(700, tonumber(b.ops.now(b)))
    b.ops.wait(b, 10000)
    assert.equal(700, tonumber(a.ops.now(a)))
    wire.close(a, b)
  end)

  it("takes frames built in its own places as it takes others, mixed with them or not", function()
    local frames = ffi.new "struct frame[3]"
    local function reserve(count) return tonumber(a.ops.reserve(a, frames, count)) end
    local function build(i, text)
      ffi.copy(frames[i].data, text, #text)
      frames[i].length, frames[i].flags = #text, 0
    end
    assert.equal(3, reserve(3))
    for i, text in ipairs { "one", "two", "three" } do build(i - 1, text) end
    assert.equal(2, a.ops.send(a, frames, 2))
    assert.equal(1, wire.send(a, "between"))
    assert.equal(1, reserve(1))
    build(0, "four")
    assert.equal(1, a.ops.send(a, frames, 1))
    assert.same({ "one", "two", "between", "four" }, wire.texts(wire.receive(b, 8)))
    repeat until wire.send(a, "x") ~= 1
    assert.equal(0, reserve(3))
    wire.close(a, b)
  end)

  it("takes no more frames than it can hold, and keeps those handed up until the next receive", function()
    local sent = 0
    while wire.send(a, "x" .. sent) == 1 do sent = sent + 1 end
    assert.equal(1024, sent)
    assert.same({ "x0", "x1" }, wire.texts(wire.receive(b, 2)))
    assert.equal(0, wire.send(a, "more"))
    assert.same({ "x2" }, wire.texts(wire.receive(b, 1)))
    assert.equal(2, wire.send(a, "x1024", "x1025", "no room"))
    wire.close(a, b)
  end)

  it("cuts what is longer than a frame may be and says so", function()
    wire.send(a, ("y"):rep(3000))
    local frame = wire.receive(b, 1)[1]
    assert.equal(2048, #frame.text)
    assert.equal(C.FRAME_TRUNCATED, frame.flags)
    wire.close(a, b)
  end)

  it("is closed for the other end once what was sent has been read", function()
    wire.send(a, "last")
    wire.close(a)
    assert.equal(1, wire.send(b, "into the void"))
    assert.same({ "last" }, wire.texts(wire.receive(b, 1)))
    local frames, code = wire.receive(b, 1)
    assert.is_nil(frames)
    assert.equal(C.ERR_CLOSED, code)
    wire.close(b)
  end)
end)
