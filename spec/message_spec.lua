local C, ffi = require "spec.support.c" ("address", "error", "message")

local CAP = 64 * 1024 * 1024

local function endpoint(text)
  local out = ffi.new "struct endpoint"
  assert.equal(0, C.endpoint_parse(text, out))
  return out
end

local function new_batch()
  local buffer = ffi.new "struct buffer"
  return ffi.new("struct message_batch", { buffer = buffer }), buffer
end

local function add_record(batch, target, line)
  local whose = endpoint(target)
  return C.message_add(batch, C.MESSAGE_RECORD, whose, ffi.sizeof(whose), line, #line, CAP)
end

local function bytes_of(buffer)
  return ffi.string(C.buffer_bytes(buffer), C.buffer_length(buffer))
end

-- A batch of one message of each kind, as bytes.
local function one_of_each()
  local batch, buffer = new_batch()
  local target = endpoint "198.18.0.1:80"
  local state = ffi.new("struct message_state", { position = 7, active = 3, share = 2, sending = 1 })
  state.counters.targets = 7
  local failure = ffi.new("struct message_failure", { code = C.ERR_CLOSED, text = "the link is gone" })
  assert.equal(0, C.message_add(batch, C.MESSAGE_OPENED, target, ffi.sizeof(target), nil, 0, CAP))
  assert.equal(0, add_record(batch, "198.18.0.1:80", "{}\n"))
  assert.equal(0, C.message_add(batch, C.MESSAGE_KEPT, "kept\n", 5, nil, 0, CAP))
  assert.equal(0, C.message_add(batch, C.MESSAGE_STATE, state, ffi.sizeof(state), nil, 0, CAP))
  assert.equal(0, C.message_add(batch, C.MESSAGE_TALLY, "{}", 2, nil, 0, CAP))
  assert.equal(0, C.message_add(batch, C.MESSAGE_FAILED, failure, ffi.sizeof(failure), nil, 0, CAP))
  assert.is_true(C.message_finish(batch) > 0)
  return bytes_of(buffer)
end

-- The messages in these bytes as { kind, payload }, and how the reading ended.
local function read(bytes)
  local taken, list = ffi.new "size_t[1]", {}
  -- In memory of exactly this size, so that a sanitizer sees a read beyond it.
  local exact = ffi.new("uint8_t[?]", math.max(1, #bytes))
  ffi.copy(exact, bytes, #bytes)
  local code = C.message_take(exact, #bytes, taken)
  if code ~= 0 then return list, code end
  local at, message = ffi.new "size_t[1]", ffi.new "struct message"
  while C.message_next(exact, taken[0], at, message) do
    list[#list + 1] = { tonumber(message.kind), ffi.string(message.payload, message.length) }
  end
  return list, 0, tonumber(taken[0])
end

describe("messages", function()
  it("arrive as they were added, in one batch", function()
    local bytes = one_of_each()
    local list, code, taken = read(bytes .. "more")
    assert.equal(0, code)
    assert.equal(#bytes, taken)
    assert.equal(6, #list)
    for i, kind in ipairs { "OPENED", "RECORD", "KEPT", "STATE", "TALLY", "FAILED" } do
      assert.equal(tonumber(C["MESSAGE_" .. kind]), list[i][1])
    end
    assert.equal("{}\n", list[2][2]:sub(ffi.sizeof "struct endpoint" + 1))
    local state = ffi.cast("const struct message_state *", list[4][2])
    assert.same({ 7, 7, 3, 2 }, { tonumber(state.counters.targets), tonumber(state.position), state.active, state.share })
    assert.equal("the link is gone", ffi.string(ffi.cast("const struct message_failure *", list[6][2]).text))
  end)

  it("are not there before the last byte of their batch is", function()
    local bytes = one_of_each()
    for length = 0, #bytes - 1 do
      local list, code = read(bytes:sub(1, length))
      assert.equal(C.ERR_AGAIN, code)
      assert.equal(0, #list)
    end
  end)

  it("come in batches one behind the other", function()
    local batch, buffer = new_batch()
    for i = 1, 3 do
      assert.equal(0, add_record(batch, "198.18.0.1:8" .. i, ("line %d\n"):format(i)))
      assert.is_true(C.message_finish(batch) > 0)
      assert.equal(0, C.message_finish(batch))
    end
    local bytes, seen = bytes_of(buffer), {}
    while #bytes > 0 do
      local list, code, taken = read(bytes)
      assert.equal(0, code)
      seen[#seen + 1] = list[1][2]:match "line %d"
      bytes = bytes:sub(taken + 1)
    end
    assert.same({ "line 1", "line 2", "line 3" }, seen)
  end)

  it("are refused when they are garbage, whatever byte of it", function()
    local bytes = one_of_each()
    assert.equal(C.ERR_INVALID, select(2, read(("x"):rep(64))))
    assert.equal(C.ERR_INVALID, select(2, read(bytes:sub(2))))
    assert.equal(C.ERR_INVALID, select(2, read(bytes:sub(1, 4) .. ("\0"):rep(4))))
    assert.equal(C.ERR_INVALID, select(2, read(bytes:sub(1, 4) .. "\255\255\255\255")))
    local refused = 0
    for at = 1, #bytes do
      for _, byte in ipairs { 0, 1, 127, 255 } do
        local broken = bytes:sub(1, at - 1) .. string.char(byte) .. bytes:sub(at + 1)
        local list, code = read(broken) -- must not read beyond its end, whatever comes of it
        refused = refused + (code == C.ERR_INVALID and 1 or 0)
        assert.is_true(code == 0 or #list == 0)
      end
    end
    assert.is_true(refused > 50, tostring(refused))
  end)

  it("are refused when a length contradicts the kind, or a line has no end", function()
    local function code_of(kind, payload)
      local batch, buffer = new_batch()
      assert.equal(0, C.message_add(batch, kind, payload, #payload, nil, 0, CAP))
      C.message_finish(batch)
      return (select(2, read(bytes_of(buffer))))
    end
    assert.equal(0, code_of(C.MESSAGE_TALLY, "{}"))
    assert.equal(C.ERR_INVALID, code_of(C.MESSAGE_OPENED, "short"))
    assert.equal(C.ERR_INVALID, code_of(C.MESSAGE_STATE, ("x"):rep(ffi.sizeof "struct message_state" + 1)))
    assert.equal(C.ERR_INVALID, code_of(C.MESSAGE_RECORD, ("x"):rep(ffi.sizeof "struct endpoint")))
    assert.equal(C.ERR_INVALID, code_of(C.MESSAGE_KEPT, "no end"))
    assert.equal(C.ERR_INVALID, code_of(99, "unknown"))
  end)

  it("are bounded, and what finds no room leaves the batch as it was", function()
    local batch, buffer = new_batch()
    assert.equal(0, add_record(batch, "198.18.0.1:80", "{}\n"))
    local long = ffi.new("uint8_t[?]", 17 * 2 ^ 20 + 1)
    assert.equal(C.ERR_FULL, C.message_add(batch, C.MESSAGE_KEPT, long, 17 * 2 ^ 20 + 1, nil, 0, CAP))
    assert.equal(C.ERR_FULL, C.message_add(batch, C.MESSAGE_KEPT, long, 1000, nil, 0, 500))
    C.message_finish(batch)
    local list, code = read(bytes_of(buffer))
    assert.equal(0, code)
    assert.equal(1, #list)
    local added = 0
    while C.message_add(batch, C.MESSAGE_TALLY, long, 16 * 2 ^ 20, nil, 0, 2 ^ 30) == 0 do added = added + 1 end
    assert.equal(2, added) -- 40 MiB
    C.buffer_free(buffer)
  end)
end)
