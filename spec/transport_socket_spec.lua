local C, ffi = require "spec.support.c" ("error", "address", "counters", "transport", "transport_socket")
local S = require "spec.support.loopback"

local MS = 1000000ULL

-- A transport whose handler is a recorder; everything it opened is closed by finish().
local function make(options)
  options = options or {}
  local self = { recorder = ffi.new "struct recorder", counters = ffi.new "struct counters" }
  local config = ffi.new "struct transport_socket_config"
  S.recorder_handle(self.recorder, config.base.handler)
  config.base.counters = self.counters
  config.base.track_probes = options.track ~= false
  config.base.timeout_ns = options.timeout or 5000 * MS
  config.base.retries = options.retries or 0
  config.base.rate_pps = options.rate or 0
  config.base.streams_max = options.streams or 100
  config.permit = options.permit
  if options.source then C.address_parse(options.source, config.source_v4) end
  local out, why = ffi.new "struct transport *[1]", ffi.new "struct error"
  local code = C.transport_socket_create(out, config, why)
  self.code, self.why = code, ffi.string(why.text)
  self.t, self.ops = out[0], code == 0 and out[0].ops or nil
  return self
end

local open = {} -- descriptors and transports of the running spec

local function keep(descriptor)
  assert(descriptor >= 0)
  open[#open + 1] = function() S.server_close(descriptor) end
  return descriptor
end

local function transport(options)
  local self = make(options)
  assert.equal(0, self.code, self.why)
  open[#open + 1] = function()
    if self.t then self.ops.destroy(self.t) end
    self.t = nil
  end
  return self
end

local function listen(address, backlog)
  local descriptor = keep(S.server_listen(address or "127.0.0.1", backlog or 64))
  return descriptor, S.server_port(descriptor)
end

local function endpoint(address, port)
  local out = ffi.new "struct endpoint"
  C.address_parse(address, out.address)
  out.port = port
  return out
end

-- Turns the transport until `done` says so; gives up after many turns, so that a failure is a failure.
local function turn(self, done)
  for _ = 1, 2000 do
    if done() then return true end
    assert.equal(0, self.ops.poll(self.t, self.ops.now(self.t) + 5 * MS, nil))
  end
  return false
end

local function seen(self, kind, detail)
  local count, last = 0, nil
  for i = 0, self.recorder.count - 1 do
    local item = self.recorder.seen[i]
    if item.kind == kind and (not detail or item.detail == detail) then count, last = count + 1, item end
  end
  return count, last
end

local function wait_for(self, kind, detail)
  assert.is_true(turn(self, function() return seen(self, kind, detail) > 0 end), "never told")
  local _, item = seen(self, kind, detail)
  return item
end

local function received(self) return ffi.string(self.recorder.data, self.recorder.data_length) end

local function probe(self, address, port) return self.ops.probe(self.t, endpoint(address or "127.0.0.1", port)) end

-- A probed, open connection: the server's descriptor and our stream.
local function connected(self, address)
  local listener, port = listen(address)
  assert.equal(0, probe(self, address, port))
  local item = wait_for(self, S.SEEN_OPENED)
  return keep(S.server_accept(listener)), item.stream, port
end

local function server_reads(self, descriptor, length)
  local buffer, text = ffi.new "char[65536]", ""
  turn(self, function()
    local count = S.server_read(descriptor, buffer, 65536)
    if count > 0 then text = text .. ffi.string(buffer, count) end
    return #text >= length
  end)
  return text
end

local function ends_by_reset(self, descriptor)
  local buffer = ffi.new "char[16]"
  local count
  assert.is_true(turn(self, function()
    count = tonumber(S.server_read(descriptor, buffer, 16))
    return count == 0 or (count < 0 and ffi.errno() ~= 11)
  end))
  return count < 0 and ffi.errno() == 104
end

describe("socket transport", function()
  after_each(function()
    for i = #open, 1, -1 do open[i]() end
    open = {}
    S.descriptors_spare(0)
  end)

  for _, address in ipairs { "127.0.0.1", "::1" } do
    it("opens, sends and receives over " .. address, function()
      local self = transport()
      self.recorder.say = "hello"
      local server, stream, port = connected(self, address)
      assert.equal("hello", server_reads(self, server, 5))
      wait_for(self, S.SEEN_EVENT, C.STREAM_ACKED)
      S.server_write(server, "welcome", 7)
      wait_for(self, S.SEEN_DATA)
      assert.equal("welcome", received(self))
      assert.equal(port, stream.remote.port)
      assert.is_true(C.endpoint_equal(stream.remote, endpoint(address, port)))
      assert.is_true(C.address_equal(stream["local"].address, endpoint(address, 0).address))
      assert.is_true(stream["local"].port > 0)
      assert.is_true(stream.rtt_ns > 0 and stream.opened_ns > 0 and stream.window > 0)
      assert.is_false(stream.syn_ack.known)
      assert.equal(5, tonumber(stream.bytes_acked))
      assert.equal(7, tonumber(stream.bytes_received))
      assert.equal(1, tonumber(self.counters.connections))
      assert.is_false(self.ops.idle(self.t))
      self.ops.close(stream, C.CLOSE_RESET)
      assert.is_true(self.ops.idle(self.t))
      assert.is_false(self.recorder.reentered)
    end)
  end

  it("tells of nothing outside poll", function()
    local self = transport()
    local listener, port = listen()
    assert.equal(0, probe(self, nil, port))
    keep(S.server_accept(listener))
    assert.equal(0, self.recorder.count)
    local item = wait_for(self, S.SEEN_OPENED)
    local before = self.recorder.count
    assert.equal(0, self.ops.send(item.stream, "x", 1))
    self.ops.close(item.stream, C.CLOSE_FINISH)
    assert.equal(before, self.recorder.count)
  end)

  it("hands over what came before the FIN, then the FIN", function()
    local self = transport()
    local server = connected(self)
    S.server_write(server, "bye", 3)
    S.server_finish(server)
    wait_for(self, S.SEEN_EVENT, C.STREAM_FINISHED)
    assert.equal("bye", received(self))
  end)

  it("still sends after the peer's FIN, and learns that the peer is gone", function()
    local self = transport()
    local server, stream = connected(self)
    S.server_finish(server)
    wait_for(self, S.SEEN_EVENT, C.STREAM_FINISHED)
    assert.equal(0, self.ops.send(stream, "more", 4))
    assert.equal("more", server_reads(self, server, 4))
    wait_for(self, S.SEEN_EVENT, C.STREAM_ACKED)
    S.server_reset(server)
    table.remove(open)
    self.ops.send(stream, "too late", 8)
    wait_for(self, S.SEEN_EVENT, C.STREAM_RESET)
  end)

  it("tells of a reset, and how much had been acknowledged before it", function()
    local self = transport()
    self.recorder.say = "question"
    local server, stream = connected(self)
    assert.equal("question", server_reads(self, server, 8))
    S.server_reset(server)
    table.remove(open)
    local item = wait_for(self, S.SEEN_EVENT, C.STREAM_RESET)
    assert.equal(8, tonumber(item.acked))
    assert.equal(C.ERR_CLOSED, self.ops.send(stream, "x", 1))
    self.ops.close(stream, C.CLOSE_RESET)
    assert.is_true(self.ops.idle(self.t))
  end)

  it("opens, keeps the data and tells of the reset when both overtake it", function()
    local self = transport()
    local listener, port = listen()
    assert.equal(0, probe(self, nil, port))
    local server = S.server_accept(listener) -- no turn yet: all of this is there before we look
    S.server_write(server, "last words", 10)
    S.server_reset(server)
    wait_for(self, S.SEEN_EVENT, C.STREAM_RESET)
    assert.equal(1, (seen(self, S.SEEN_OPENED)))
    assert.equal("last words", received(self))
    assert.equal(0, (seen(self, S.SEEN_EVENT, C.STREAM_FINISHED)))
  end)

  it("reports a refused port", function()
    local self = transport()
    local _, port = listen("127.0.0.1", -1)
    assert.equal(0, probe(self, nil, port))
    local item = wait_for(self, S.SEEN_REFUSED, C.REFUSAL_REFUSED)
    assert.equal(port, item.remote.port)
    assert.equal(1, tonumber(self.counters.refused))
    assert.is_true(self.ops.idle(self.t))
  end)

  -- A listener whose queue is full drops SYNs.
  local function full_listener()
    local _, port = listen("127.0.0.1", 0)
    local filler = transport { timeout = 50 * MS }
    for _ = 1, 3 do probe(filler, nil, port) end
    turn(filler, function() return seen(filler, S.SEEN_REFUSED, C.REFUSAL_FILTERED) > 0 end)
    return port
  end

  it("reports a port that does not answer when probes are tracked", function()
    local port = full_listener()
    local self = transport { timeout = 30 * MS, retries = 1 }
    assert.equal(0, probe(self, nil, port))
    wait_for(self, S.SEEN_REFUSED, C.REFUSAL_FILTERED)
    assert.equal(1, tonumber(self.counters.filtered))
    assert.is_true(self.ops.idle(self.t))
  end)

  it("only counts a port that does not answer when probes are not tracked", function()
    local port = full_listener()
    local self = transport { timeout = 30 * MS, track = false }
    assert.equal(0, probe(self, nil, port))
    assert.is_true(self.ops.next(self.t) < self.ops.now(self.t) + 40 * MS)
    assert.is_true(turn(self, function() return self.ops.idle(self.t) end))
    assert.equal(0, self.recorder.count)
    assert.equal(1, tonumber(self.counters.filtered))
  end)

  it("connects a second time with the given owner, also from inside a callback", function()
    local self = transport()
    self.recorder.connect_when_opened = true
    connected(self)
    local item = wait_for(self, S.SEEN_EVENT, C.STREAM_OPENED)
    assert.is_true(item.stream == self.recorder.again)
    assert.is_true(ffi.cast("struct recorder *", item.stream.user) == ffi.cast("struct recorder *", self.recorder))
    assert.equal(2, tonumber(self.counters.connections))
    assert.equal(1, tonumber(self.counters.syn_acks)) -- targets that answered, not connections
    assert.is_false(self.recorder.reentered)
  end)

  it("tells the owner of a second connection that it failed, and why", function()
    local self = transport()
    local _, port = listen("127.0.0.1", -1)
    local out = ffi.new "struct stream *[1]"
    assert.equal(0, self.ops.connect(self.t, endpoint("127.0.0.1", port), nil, out))
    wait_for(self, S.SEEN_EVENT, C.STREAM_FAILED)
    assert.equal(C.REFUSAL_REFUSED, out[0].refusal)
    assert.equal(1, tonumber(self.counters.connect_failures))
    self.ops.close(out[0], C.CLOSE_RESET)
    assert.is_true(self.ops.idle(self.t))
  end)

  it("lets go of a connection that is not open yet without a word", function()
    local self = transport()
    local _, port = listen()
    local out = ffi.new "struct stream *[1]"
    assert.equal(0, self.ops.connect(self.t, endpoint("127.0.0.1", port), nil, out))
    assert.equal(C.ERR_CLOSED, self.ops.send(out[0], "x", 1))
    self.ops.close(out[0], C.CLOSE_FINISH)
    assert.is_true(self.ops.idle(self.t))
    for _ = 1, 3 do self.ops.poll(self.t, self.ops.now(self.t), nil) end
    assert.equal(0, self.recorder.count)
  end)

  it("closes by RST", function()
    local self = transport()
    local server, stream = connected(self)
    self.ops.close(stream, C.CLOSE_RESET)
    assert.is_true(ends_by_reset(self, server))
  end)

  it("closes by FIN after what is queued, and waits for the peer's", function()
    local self = transport()
    local server, stream = connected(self)
    self.ops.send(stream, "QUIT", 4)
    self.ops.close(stream, C.CLOSE_FINISH)
    assert.equal("QUIT", server_reads(self, server, 4))
    assert.is_false(ends_by_reset(self, server))
    assert.is_false(self.ops.idle(self.t))
    S.server_finish(server)
    assert.is_true(turn(self, function() return self.ops.idle(self.t) end))
  end)

  it("resets a peer that never ends its side", function()
    local self = transport()
    local server, stream = connected(self)
    self.ops.close(stream, C.CLOSE_FINISH)
    local buffer = ffi.new "char[1]"
    assert.is_true(turn(self, function() return S.server_read(server, buffer, 1) == 0 end))
    assert.is_true(turn(self, function() return self.ops.idle(self.t) end))
    S.server_write(server, "x", 1)
    assert.is_true(S.server_write(server, "x", 1) < 0)
  end)

  for _, what in ipairs { "close_when_opened", "close_at_data", "close_at_event" } do
    it("may be told to close from inside a callback: " .. what, function()
      local self = transport()
      self.recorder[what] = true
      local listener, port = listen()
      assert.equal(0, probe(self, nil, port))
      wait_for(self, S.SEEN_OPENED)
      local server = keep(S.server_accept(listener))
      S.server_write(server, "some data", 9)
      if what == "close_at_event" then S.server_finish(server) end
      assert.is_true(turn(self, function() return self.ops.idle(self.t) end))
      local count = self.recorder.count
      for _ = 1, 3 do self.ops.poll(self.t, self.ops.now(self.t), nil) end
      assert.equal(count, self.recorder.count)
    end)
  end

  it("tells of data that is never acknowledged, and keeps the stream", function()
    local self = transport()
    local server, stream = connected(self)
    assert.equal(0, S.server_deafen(server))
    assert.equal(0, self.ops.send(stream, "anybody?", 8))
    wait_for(self, S.SEEN_EVENT, C.STREAM_UNACKED)
    assert.equal(0, tonumber(stream.bytes_acked))
    assert.is_true(stream.retransmissions > 0)
    for _ = 1, 20 do self.ops.poll(self.t, self.ops.now(self.t) + 5 * MS, nil) end
    assert.equal(1, (seen(self, S.SEEN_EVENT, C.STREAM_UNACKED)))
    assert.equal(0, (seen(self, S.SEEN_EVENT, C.STREAM_ACKED)))
    assert.equal(0, self.ops.send(stream, "x", 1))
  end)

  it("bounds what is sent and not acknowledged, all or nothing, and delivers the rest byte by byte", function()
    local self = transport()
    local listener, port = listen()
    S.server_small_window(listener)
    assert.equal(0, probe(self, nil, port))
    local stream = wait_for(self, S.SEEN_OPENED).stream
    local server = keep(S.server_accept(listener))
    local piece, sent = {}, 0
    for i = 1, 8192 do piece[i] = string.char(i * 7 % 251) end
    piece = table.concat(piece)
    while self.ops.send(stream, piece, #piece) == 0 do sent = sent + 1 end
    assert.equal(C.ERR_FULL, self.ops.send(stream, piece, #piece))
    assert.is_true(sent >= 8)
    assert.equal(sent * #piece, tonumber(stream.bytes_queued))
    assert.is_true(turn(self, function() return stream.window == 0 end))
    assert.equal(piece:rep(sent), server_reads(self, server, sent * #piece))
    wait_for(self, S.SEEN_EVENT, C.STREAM_ACKED)
    wait_for(self, S.SEEN_EVENT, C.STREAM_WINDOW)
    assert.equal(0, self.ops.send(stream, piece, #piece))
  end)

  it("reads big answers in bounded pieces, complete and in order", function()
    local self = transport()
    local server = connected(self)
    local text = {}
    for i = 1, 100000 do text[i] = i .. "," end
    text = table.concat(text)
    local at = 1
    turn(self, function()
      local count = tonumber(S.server_write(server, text:sub(at, at + 99999), math.min(100000, #text - at + 1)))
      if count > 0 then at = at + count end
      return at > #text
    end)
    assert.is_true(turn(self, function() return self.recorder.data_length >= #text end))
    assert.is_true(text == received(self))
    for i = 0, self.recorder.count - 1 do
      assert.is_true(self.recorder.seen[i].kind ~= S.SEEN_DATA or self.recorder.seen[i].detail <= 65536)
    end
  end)

  it("has room for as many probes as streams and rate allow", function()
    local self = transport { streams = 8 }
    local _, port = listen()
    assert.equal(7, tonumber(self.ops.room(self.t))) -- one is kept for second connections
    for _ = 1, 7 do assert.equal(0, probe(self, nil, port)) end
    assert.equal(0, tonumber(self.ops.room(self.t)))
    assert.equal(C.ERR_AGAIN, probe(self, nil, port))
    turn(self, function() return seen(self, S.SEEN_OPENED) == 7 end)
    self.ops.close(self.recorder.seen[0].stream, C.CLOSE_RESET)
    assert.equal(1, tonumber(self.ops.room(self.t)))
    local slow = transport { rate = 1 }
    assert.equal(1, tonumber(slow.ops.room(slow.t)))
    assert.equal(0, probe(slow, nil, port))
    assert.equal(0, tonumber(slow.ops.room(slow.t)))
  end)

  it("waits for descriptors instead of losing a target", function()
    local self = transport()
    local _, port = listen()
    connected(self) -- libuv opens a descriptor for itself with the first connection
    S.descriptors_spare(1)
    assert.equal(0, probe(self, nil, port))
    assert.equal(0, probe(self, nil, port))
    assert.equal(0, tonumber(self.ops.room(self.t)))
    turn(self, function() return seen(self, S.SEEN_OPENED) == 2 end)
    S.descriptors_spare(64)
    assert.is_true(turn(self, function() return seen(self, S.SEEN_OPENED) == 3 end))
    assert.equal(0, (seen(self, S.SEEN_REFUSED)))
  end)

  it("asks for permission first", function()
    local self = transport { permit = S.recorder_permits_nothing }
    local out = ffi.new "struct stream *[1]"
    assert.equal(C.ERR_BLOCKED, probe(self, nil, 1))
    assert.equal(C.ERR_BLOCKED, self.ops.connect(self.t, endpoint("127.0.0.1", 1), nil, out))
    assert.equal(2, tonumber(self.counters.sends_blocked))
    assert.equal(0, tonumber(self.counters.probes))
    assert.is_true(self.ops.idle(self.t))
  end)

  it("uses the given source address, and refuses one that is not this machine's", function()
    local self = transport { source = "127.0.0.9" }
    local _, stream = connected(self)
    assert.is_true(C.address_equal(stream["local"].address, endpoint("127.0.0.9", 0).address))
    local wrong = make { source = "198.18.0.1" }
    assert.is_true(wrong.code < 0)
    assert.matches("198%.18%.0%.1", wrong.why)
  end)

  it("resets what is open when it is destroyed", function()
    local self = transport()
    local server, stream = connected(self)
    local _, port = listen()
    probe(self, nil, port)
    self.ops.send(stream, "x", 1)
    self.ops.destroy(self.t)
    self.t = nil
    local buffer = ffi.new "char[4]"
    S.server_read(server, buffer, 4)
    assert.is_true(S.server_read(server, buffer, 4) < 0 and ffi.errno() == 104)
  end)
end)
