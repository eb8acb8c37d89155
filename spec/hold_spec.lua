local C, ffi = require "spec.support.c" ("hold", "error")

describe("hold", function()
  local hold

  before_each(function() hold = ffi.gc(C.hold_create(), C.hold_destroy) end)

  local function insert(next, sequence, text) return C.hold_insert(hold, next % 2 ^ 32, sequence % 2 ^ 32, text, #text) end

  -- What comes free when everything before `next` is there.
  local function advance(next)
    local count = C.hold_advance(hold, next % 2 ^ 32)
    local bytes, length, text = ffi.new "const uint8_t *[1]", ffi.new "size_t[1]", ""
    while C.hold_take(hold, bytes, length) do text = text .. ffi.string(bytes[0], length[0]) end
    assert.equal(count, #text)
    return text
  end

  it("gives back what joins the gap, and keeps what does not", function()
    assert.equal(0, insert(100, 110, "later"))
    assert.equal(0, insert(100, 103, "soon"))
    assert.equal("", advance(102))
    assert.equal("soon", advance(103))
    assert.is_false(C.hold_empty(hold))
    assert.equal("later", advance(110))
    assert.is_true(C.hold_empty(hold))
  end)

  it("gives back the rest of what was partly overtaken, and forgets what was wholly", function()
    insert(0, 5, "abcdef")
    insert(0, 20, "xyz")
    assert.equal("def", advance(8))
    assert.equal("", advance(30))
    assert.is_true(C.hold_empty(hold))
  end)

  it("reaches 32 KiB ahead and no further", function()
    assert.equal(0, insert(0, 32767, "x"))
    assert.equal(C.ERR_FULL, insert(0, 32767, "xy"))
    assert.equal(C.ERR_FULL, insert(0, 32768, "x"))
    assert.equal(C.ERR_FULL, insert(10, 9, "x"))
  end)

  it("keeps 16 runs; what joins two of them makes room", function()
    for i = 1, 16 do assert.equal(0, insert(0, i * 4, "ab")) end
    assert.equal(C.ERR_FULL, insert(0, 400, "ab"))
    assert.equal(0, insert(0, 6, "cd"))
    assert.equal(0, insert(0, 400, "ab"))
    assert.equal("abcdab", advance(4))
  end)

  it("puts any shuffle of overlapping pieces together, over 2^32 as well", function()
    local state = 7
    local function draw(n)
      state = (state * 1103515245 + 12345) % 2 ^ 31
      return math.floor(state / 65536) % n
    end
    for round = 1, 200 do
      local whole = {}
      for i = 1, 2000 do whole[i] = string.char(draw(256)) end
      whole = table.concat(whole)
      local start = (2 ^ 32 - 1000 + round * 7777) % 2 ^ 32
      local next, got = 0, ""
      for _ = 1, 5000 do
        local from = draw(2000)
        local to = math.min(2000, from + 1 + draw(60))
        if from <= next and to > next then
          got = got .. whole:sub(next + 1, to)
          next = to
          local freed = advance(start + next)
          got, next = got .. freed, next + #freed
        elseif from > next then
          insert(start + next, start + from, whole:sub(from + 1, to))
        end
        if next == 2000 then break end
      end
      assert.equal(whole:sub(1, next), got)
      C.hold_destroy(ffi.gc(hold, nil))
      hold = ffi.gc(C.hold_create(), C.hold_destroy)
    end
  end)
end)
