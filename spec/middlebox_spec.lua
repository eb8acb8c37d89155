local C, ffi = require "spec.support.c" ("error", "address", "packet", "middlebox")

local FIN, SYN, RST, PSH, ACK = C.TCP_FIN, C.TCP_SYN, C.TCP_RST, C.TCP_PSH, C.TCP_ACK
local SECRET, NOW, SECOND = 5000, 16e9, 1e9

local function segment(flags, seq, ack, payload)
  local out = ffi.new "struct segment"
  C.endpoint_parse("192.0.2.1:40000", out.source)
  C.endpoint_parse("198.18.0.1:80", out.destination)
  out.flags, out.seq, out.ack, out.window_scale = flags, seq, ack or 0, -1
  payload = payload or ""
  out.payload, out.payload_length = ffi.cast("const uint8_t *", payload), #payload
  return out, payload
end

-- What a behaviour answers: a list of { flags, seq, ack, window, payload, after (seconds) }.
local function answer(name, now, ...)
  local replies = ffi.new "struct middlebox_reply[3]"
  local input, keep = segment(...)
  local count, list = C.middlebox_answer(C.behaviour_by_name(name), SECRET, now, input, replies), {}
  for i = 1, count do
    local s = replies[i - 1].segment
    assert.equal(80, s.source.port)
    assert.equal(40000, s.destination.port)
    list[i] = {
      flags = s.flags, seq = s.seq, ack = s.ack, window = s.window, payload = ffi.string(s.payload, s.payload_length),
      after = tonumber(replies[i - 1].extra_ns) / SECOND, mss = s.mss, echo = s.has_timestamps and s.ts_echo or nil,
    }
  end
  assert.is_string(keep)
  return list
end

local function syn(name) return answer(name, NOW, SYN, 100) end
local function data(name, now) return answer(name, now or NOW, ACK, 101, SECRET + 1, "GET /") end

local PLAIN = {
  "no_ack", "reset_before_ack", "reset_after_ack", "close_before_ack", "close_after_ack", "silent", "echo", "big_ip",
}

describe("middlebox", function()
  it("has a name for every behaviour, and none for others", function()
    for i = 0, C.BEHAVIOUR_COUNT - 1 do
      assert.equal(i, tonumber(C.behaviour_by_name(C.behaviour_name(i))))
    end
    assert.equal(C.BEHAVIOUR_COUNT, C.behaviour_by_name "no such")
    assert.equal("unknown", ffi.string(C.behaviour_name(C.BEHAVIOUR_COUNT)))
  end)

  it("accepts connections with an open window", function()
    for _, name in ipairs(PLAIN) do
      local replies = syn(name)
      assert.equal(1, #replies, name)
      assert.equal(SYN + ACK, replies[1].flags)
      assert.equal(SECRET, replies[1].seq)
      assert.equal(101, replies[1].ack)
      assert.equal(1460, replies[1].mss)
      assert.is_true(replies[1].window > 0)
    end
  end)

  it("echoes timestamps, so that the round trip can be known", function()
    local input, replies = segment(SYN, 100), ffi.new "struct middlebox_reply[3]"
    input.has_timestamps, input.ts_value = true, 4711
    assert.equal(1, C.middlebox_answer(C.BEHAVIOUR_SILENT, SECRET, NOW, input, replies))
    assert.is_true(replies[0].segment.has_timestamps)
    assert.equal(4711, replies[0].segment.ts_echo)
    assert.is_nil(syn("silent")[1].echo)
  end)

  it("stays still where nobody or a server is, and at what belongs to no connection", function()
    for _, name in ipairs { "nobody", "drop", "serve" } do assert.same({}, syn(name)) end
    for _, name in ipairs(PLAIN) do
      assert.same({}, answer(name, NOW, RST, 101, 0))
      assert.same({}, answer(name, NOW, SYN + ACK, 101, SECRET + 1))
      assert.same({}, answer(name, NOW, ACK, 101, SECRET + 1), name)
      assert.same({}, answer(name, NOW, ACK, 101, SECRET - 1, "x"), name)
      assert.same({}, answer(name, NOW, ACK, 101, SECRET + 2 ^ 25, "x"), name)
    end
  end)

  it("refuse: RST to the SYN, and to anything else", function()
    local reset = syn("refuse")[1]
    assert.equal(RST + ACK, reset.flags)
    assert.equal(101, reset.ack)
    assert.equal(0, reset.seq)
    assert.equal(RST, answer("refuse", NOW, ACK, 7, 9)[1].flags)
    assert.equal(9, answer("refuse", NOW, ACK, 7, 9)[1].seq)
  end)

  it("no_ack: nothing after the handshake", function()
    assert.same({}, data "no_ack")
    assert.same({}, answer("no_ack", NOW, ACK + FIN, 101, SECRET + 1))
  end)

  it("half_open: sends the SYN-ACK again, whatever we acknowledged", function()
    local replies = syn "half_open"
    assert.equal(3, #replies)
    for i, after in ipairs { 0, 1, 3 } do
      assert.equal(SYN + ACK, replies[i].flags)
      assert.equal(SECRET, replies[i].seq)
      assert.equal(after, replies[i].after)
    end
    assert.same({}, data "half_open")
  end)

  it("zero_window: never opens, never takes a byte", function()
    assert.equal(0, syn("zero_window")[1].window)
    assert.equal(1, #syn "zero_window")
    local reply = data("zero_window", NOW + 3600 * SECOND)[1]
    assert.equal(ACK, reply.flags)
    assert.equal(101, reply.ack)
    assert.equal(0, reply.window)
  end)

  it("slow_window: opens after three seconds, and takes data from then on", function()
    local replies = syn "slow_window"
    assert.equal(0, replies[1].window)
    assert.equal(ACK, replies[2].flags)
    assert.equal(replies[1].seq + 1, replies[2].seq)
    assert.equal(3, replies[2].after)
    assert.is_true(replies[2].window > 0)
    local function later(seconds)
      return answer("slow_window", NOW + seconds * SECOND, ACK, 101, replies[2].seq, "hello")[1]
    end
    assert.equal(101, later(2.9).ack)
    assert.equal(0, later(2.9).window)
    assert.equal(106, later(3.1).ack)
    assert.is_true(later(3.1).window > 0)
  end)

  it("reset_before_ack: RST at the expected number, nothing acknowledged", function()
    local replies = data "reset_before_ack"
    assert.equal(1, #replies)
    assert.equal(RST + ACK, replies[1].flags)
    assert.equal(SECRET + 1, replies[1].seq)
    assert.equal(101, replies[1].ack)
  end)

  it("reset_after_ack: acknowledges first", function()
    local replies = data "reset_after_ack"
    assert.equal(ACK, replies[1].flags)
    assert.equal(106, replies[1].ack)
    assert.equal(RST + ACK, replies[2].flags)
    assert.equal(SECRET + 1, replies[2].seq)
    assert.is_true(replies[2].after > replies[1].after)
  end)

  it("close_before_ack: FIN, nothing acknowledged", function()
    local replies = data "close_before_ack"
    assert.equal(1, #replies)
    assert.equal(FIN + ACK, replies[1].flags)
    assert.equal(SECRET + 1, replies[1].seq)
    assert.equal(101, replies[1].ack)
  end)

  it("close_after_ack: acknowledges, then FIN; ends in good order", function()
    local replies = data "close_after_ack"
    assert.equal(106, replies[1].ack)
    assert.equal(ACK, replies[1].flags)
    assert.equal(FIN + ACK, replies[2].flags)
    assert.equal(SECRET + 1, replies[2].seq)
    local last = answer("close_after_ack", NOW, ACK + FIN, 106, SECRET + 2)
    assert.equal(ACK, last[1].flags)
    assert.equal(107, last[1].ack)
    assert.equal(RST, answer("close_after_ack", NOW, ACK, 106, SECRET + 2, "more")[1].flags)
    assert.same({}, answer("close_after_ack", NOW, ACK, 106, SECRET + 2))
  end)

  it("silent: acknowledges everything, says nothing, closes when we do", function()
    local replies = data "silent"
    assert.equal(1, #replies)
    assert.equal(ACK, replies[1].flags)
    assert.equal(106, replies[1].ack)
    assert.equal("", replies[1].payload)
    local fin = answer("silent", NOW, ACK + FIN, 106, SECRET + 1)[1]
    assert.equal(FIN + ACK, fin.flags)
    assert.equal(107, fin.ack)
  end)

  it("echo: sends back what it gets, where we expect it", function()
    local replies = answer("echo", NOW, ACK + PSH, 101, SECRET + 1 + 40, "hello")
    assert.equal("hello", replies[1].payload)
    assert.equal(SECRET + 41, replies[1].seq)
    assert.equal(106, replies[1].ack)
  end)

  it("tarpit: takes three bytes at a time and drips one every five seconds", function()
    local replies = syn "tarpit"
    assert.equal(3, replies[1].window)
    assert.equal(1, #replies[2].payload)
    assert.equal(5, replies[2].after)
    local taken = data("tarpit")[1]
    assert.equal(104, taken.ack)
    assert.equal(3, taken.window)
    local drip = answer("tarpit", NOW, ACK, 104, SECRET + 2)
    assert.equal(1, #drip)
    assert.equal(1, #drip[1].payload)
    assert.equal(SECRET + 2, drip[1].seq)
    assert.equal(5, drip[1].after)
    assert.same({}, answer("tarpit", NOW, ACK, 104, SECRET + 1))
  end)

  it("big_ip: a RST that explains itself", function()
    local reset = data("big_ip")[1]
    assert.equal(RST + ACK, reset.flags)
    assert.equal(SECRET + 1, reset.seq)
    assert.is_truthy(reset.payload:find("BIG-IP System", 1, true))
  end)
end)
