local C, ffi = require "spec.support.c" ("transport_raw", "link_pipe", "link_fault", "error")
local parties = require "spec.support.party"
local wire = require "spec.support.link"
local bit = require "bit"

local SECOND = 1e9
local FLAGS = { F = 1, S = 2, R = 4, P = 8, A = 16 }
local frame, packet, why = ffi.new "struct frame", ffi.new "struct packet", ffi.new "struct error"

local function address(text)
  local out = ffi.new "struct address"
  assert(C.address_parse(text, out) == 0, text)
  return out
end

local function endpoint(text)
  local out = ffi.new "struct endpoint"
  assert(C.endpoint_parse(text, out) == 0, text)
  return out
end

local function endpoint_text(value) return ffi.string(C.endpoint_format(value, ffi.new "char[54]")) end

local function flags_text(value)
  local text = ""
  for _, letter in ipairs { "S", "F", "R", "P", "A" } do
    if bit.band(value, FLAGS[letter]) ~= 0 then text = text .. letter end
  end
  return text
end

local function flags_of(text)
  local value = 0
  for letter in text:gmatch "." do value = value + FLAGS[letter] end
  return value
end

local made, links, alive = {}, {}, {}

-- A party on a link. Fields of `fields` are party_config's; those of fields.base transport_config's.
local function party(link, fields)
  local config = ffi.new "struct party_config"
  local raw = config.raw
  raw.link, raw.path.layer = link, C.LINK_RAW_IP
  raw.source_v4, raw.source_v6 = address "198.18.0.1", address "2001:db8::1"
  raw.port_first, raw.port_last = 61000, 61999
  raw.base.seed = 1
  for key, value in pairs(fields or {}) do
    if key == "base" then
      for name, setting in pairs(value) do raw.base[name] = setting end
    elseif key == "ports" then
      raw.port_first, raw.port_last = value[1], value[2]
    elseif key == "accept" then
      for name, setting in pairs(value) do config.accept[name] = setting end
    elseif key == "seen_max" then
      raw.seen_max = value
    elseif key == "source_v4" then
      raw.source_v4 = address(value)
    elseif key == "manner" then
      config.manner = parties[value]
    else
      if type(value) == "string" and key == "say" then alive[#alive + 1] = value end
      config[key] = value
    end
  end
  local self = parties.party_create(config, why)
  if self == nil then return nil, ffi.string(why.text) end
  made[#made + 1] = self
  return self
end

-- Our end of a new pipe; the far end is links[2].
local function pipe(rates)
  local a, b = wire.pipe(C.LINK_RAW_IP)
  if not rates then
    links = { a, b }
    return a
  end
  local out = ffi.new "struct link *[1]"
  local config = ffi.new("struct link_fault_config", { seed = rates.seed or 1, send = rates, receive = rates })
  assert(C.link_fault_open(out, a, config, why) == 0)
  links = { out[0], b }
  return out[0]
end

local function log(self) return ffi.string(parties.party_log(self)) end

local function bytes(self)
  local length = ffi.new "size_t[1]"
  local data = parties.party_bytes(self, length)
  return ffi.string(data, length[0])
end

local function counters(self) return parties.party_counters(self) end
local function transport(self) return parties.party_transport(self) end
local function idle(self) return transport(self).ops.idle(transport(self)) end

local function probe(self, text)
  return transport(self).ops.probe(transport(self), endpoint(text or "198.18.0.9:80"))
end

local function connect(self, text)
  local out = ffi.new "struct stream *[1]"
  return transport(self).ops.connect(transport(self), endpoint(text or "198.18.0.9:80"), nil, out), out[0]
end

local function run(a, b, seconds, step)
  local link = links[2]
  local now = tonumber(link.ops.now(link))
  assert(parties.party_run(a, b, link, now + seconds * SECOND, (step or 1) * SECOND))
end

local function poll(self)
  for _ = 1, 3 do assert(transport(self).ops.poll(transport(self), 0, why) == 0) end
end

local function advance(seconds)
  C.link_pipe_advance(links[2], tonumber(links[2].ops.now(links[2])) + seconds * SECOND)
end

-- All segments at the far end of the pipe.
local function heard()
  local list = {}
  for i, each in ipairs(assert(wire.receive(links[2], 1024))) do
    frame.data, frame.length, frame.flags = ffi.cast("uint8_t *", each.text), #each.text, 0
    assert(C.packet_read(frame, C.LINK_RAW_IP, packet) == 0)
    local s = packet.segment
    list[i] = { flags = flags_text(s.flags), seq = s.seq, ack = s.ack, window = s.window, mss = s.mss, length = #each.text,
      source = endpoint_text(s.source), destination = endpoint_text(s.destination), ts_value = s.ts_value,
      has_timestamps = s.has_timestamps, sack_permitted = s.sack_permitted,
      payload = ffi.string(s.payload, s.payload_length) }
  end
  return list
end

local function u32(value) return value % 2 ^ 32 end
local path = ffi.new("struct packet_path", { layer = C.LINK_RAW_IP })

local function frame_of(fields)
  local s = ffi.new "struct segment"
  local payload = fields.payload or ""
  local memory = ffi.new("uint8_t[?]", #payload + 1, payload)
  s.source, s.destination = endpoint(fields.source), endpoint(fields.destination)
  s.seq, s.ack, s.window, s.flags = u32(fields.seq or 0), u32(fields.ack or 0), fields.window or 65535, flags_of(fields.flags)
  s.mss, s.window_scale, s.payload, s.payload_length = fields.mss or 0, -1, memory, #payload
  if fields.ts_echo then s.has_timestamps, s.ts_value, s.ts_echo = true, 1, fields.ts_echo end
  local out = ffi.new "uint8_t[2048]"
  local length = C.packet_write(out, 2048, path, s)
  assert(length > 0 and memory)
  return ffi.string(out, length)
end

-- Answers a segment that was heard; flags, seq (default 7000), ack (default: all of it) and the rest as given.
local function answer(segment, fields)
  fields.source, fields.destination = segment.destination, segment.source
  local text = segment.flags
  fields.ack = fields.ack or segment.seq + #segment.payload + (text:match "[SF]" and 1 or 0)
  fields.seq = fields.seq or 7000
  assert(wire.send(links[2], frame_of(fields)) == 1)
end

-- An ICMPv4 error about a frame we sent.
local function unreachable(segment, code, seq)
  local quoted = frame_of { source = segment.source, destination = segment.destination, flags = "S", seq = seq or segment.seq }
  local function checksum(text)
    local sum = C.packet_checksum_finish(C.packet_checksum_add(0, ffi.cast("const uint8_t *", text), #text))
    return string.char(bit.rshift(sum, 8), bit.band(sum, 255))
  end
  local tail = "\0\0\0\0" .. quoted
  local icmp = string.char(3, code) .. checksum(string.char(3, code, 0, 0) .. tail) .. tail
  local length = 20 + #icmp
  local head, ends = string.char(0x45, 0, bit.rshift(length, 8), length % 256, 0, 0, 0, 0, 64, 1), "\198\18\0\254\198\18\0\1"
  assert(wire.send(links[2], head .. checksum(head .. "\0\0" .. ends) .. ends .. icmp) == 1)
end

-- A probe that was answered with SYN-ACK; what the party sent since the SYN.
local function open(self, fields)
  assert.equal(0, probe(self))
  poll(self)
  local syn = heard()[1]
  fields = fields or {}
  fields.flags = fields.flags or "SA"
  answer(syn, fields)
  poll(self)
  return heard(), syn
end

describe("transport_raw", function()
  after_each(function()
    for _, each in ipairs(made) do
      assert.equal(0, tonumber(parties.party_unaccounted(each)))
      parties.party_destroy(each)
    end
    for _, each in ipairs(links) do each.ops.close(each) end
    made, links, alive = {}, {}, {}
  end)

  describe("probing", function()
    it("sends a SYN with MSS, SACK-permitted and a timestamp, and keeps nothing", function()
      local a = party(pipe())
      advance(0.5)
      assert.equal(0, probe(a))
      poll(a)
      local syn = heard()[1]
      assert.equal("S", syn.flags)
      assert.equal(1460, syn.mss)
      assert.is_true(syn.sack_permitted)
      assert.equal(500000, syn.ts_value)
      assert.equal("198.18.0.9:80", syn.destination)
      assert.equal(1, tonumber(counters(a).probes))
      assert.is_true(idle(a))
    end)

    it("uses the same port and number for a target again, and others for another target", function()
      local a = party(pipe())
      for _, target in ipairs { "198.18.0.9:80", "198.18.0.9:80", "198.18.0.9:81", "[2001:db8::9]:80" } do
        advance(0.01)
        assert.equal(0, probe(a, target))
        poll(a)
      end
      local syns = heard()
      assert.equal(syns[1].seq, syns[2].seq)
      assert.equal(syns[1].source, syns[2].source)
      assert.not_equal(syns[1].seq, syns[3].seq)
      assert.equal(1440, syns[4].mss)
      assert.truthy(syns[4].source:match "^%[2001:db8::1%]:61")
    end)

    it("spreads ports and numbers, and gives away neither by the other, by the target, or by where it comes from", function()
      local function syns(seed, source)
        local a = party(pipe(), { base = { seed = seed }, source_v4 = source })
        for i = 1, 250 do assert.equal(0, probe(a, "198.18.1." .. i .. ":80")) end
        poll(a)
        local list = heard()
        assert.equal(250, #list)
        return list
      end
      local function distinct(list, field)
        local seen, count = {}, 0
        for _, each in ipairs(list) do
          local value = field(each)
          count, seen[value] = count + (seen[value] and 0 or 1), true
        end
        return count
      end
      local one, again = syns(1), syns(1)
      assert.equal(250, distinct(one, function(s) return s.seq end))
      assert.is_true(distinct(one, function(s) return s.source end) > 200) -- 221 of 1000 ports are expected
      assert.is_true(distinct(one, function(s) return math.floor(s.seq / 2 ^ 24) end) > 130) -- 160 of 256
      for i, other in ipairs(again) do
        assert.equal(one[i].seq, other.seq)
        assert.equal(one[i].source, other.source)
      end
      for _, list in ipairs { syns(2), syns(1, "198.18.0.7") } do
        local numbers, ports = 0, 0
        for i, other in ipairs(list) do
          numbers = numbers + (one[i].seq == other.seq and 1 or 0)
          ports = ports + (one[i].source:match "%d+$" == other.source:match "%d+$" and 1 or 0)
        end
        assert.equal(0, numbers)
        assert.is_true(ports < 5)
      end
    end)

    it("opens a stream with the first valid SYN-ACK and says what it said", function()
      local a = party(pipe(), { say = "hello" })
      assert.equal(0, probe(a))
      poll(a)
      local syn = heard()[1]
      advance(0.03)
      answer(syn, { flags = "SA", window = 4000, mss = 1400, ts_echo = syn.ts_value == 0 and 1 or syn.ts_value })
      poll(a)
      assert.equal("opened", log(a))
      local s = parties.party_stream(a)
      assert.equal("198.18.0.9:80", endpoint_text(s.remote))
      assert.equal(4000, s.syn_ack.window)
      assert.equal(1400, s.syn_ack.mss)
      assert.is_true(s.syn_ack.known and s.syn_ack.timestamps)
      assert.equal(2, s.packets_sent)
      assert.equal(1, s.packets_received)
      local ack = heard()
      assert.equal(1, #ack)
      assert.equal("hello", ack[1].payload)
      assert.equal("A", ack[1].flags)
      assert.equal(7001, ack[1].ack)
      assert.equal(u32(syn.seq + 1), ack[1].seq)
      assert.equal(syn.length + ack[1].length, tonumber(s.wire_sent))
      assert.is_false(idle(a))
    end)

    it("measures the round trip without having kept anything", function()
      local a = party(pipe())
      advance(1)
      probe(a)
      poll(a)
      local syn = heard()[1]
      advance(0.03)
      answer(syn, { flags = "SA", ts_echo = syn.ts_value })
      poll(a)
      assert.equal(30e6, tonumber(parties.party_stream(a).rtt_ns))
    end)

    it("takes no SYN-ACK that acknowledges another number, or comes to another address or port", function()
      local a = party(pipe())
      probe(a)
      poll(a)
      local syn = heard()[1]
      answer(syn, { flags = "SA", ack = syn.seq })
      answer(syn, { flags = "SA", ack = syn.seq + 2 })
      syn.source = "198.18.0.1:60999"
      answer(syn, { flags = "SA" })
      syn.source = "198.18.0.2:61001"
      answer(syn, { flags = "SA" })
      poll(a)
      assert.equal("", log(a))
      assert.same({}, heard())
      assert.equal(2, tonumber(counters(a).dropped_cookie))
      assert.equal(2, tonumber(counters(a).dropped_not_ours))
    end)

    it("makes one stream of a SYN-ACK that comes twice, also after the stream is gone", function()
      local a = party(pipe(), { say = "hello" })
      local sent, syn = open(a)
      assert.equal(1, #sent)
      answer(syn, { flags = "SA" })
      poll(a)
      assert.equal("hello", heard()[1].payload)
      assert.equal(1, parties.party_stream(a).synack_repeats)
      parties.party_close(a, C.CLOSE_RESET)
      poll(a)
      assert.equal("RA", heard()[1].flags)
      assert.is_true(idle(a))
      answer(syn, { flags = "SA" })
      poll(a)
      assert.equal("opened", log(a))
      assert.equal(1, tonumber(counters(a).dropped_duplicate))
      local rst = heard()
      assert.equal("R", rst[1].flags)
      assert.equal(u32(syn.seq + 1), rst[1].seq)
    end)

    it("ends with the SYN-ACK where no more is wanted: told once, reset, and nothing kept", function()
      local a = party(pipe(), { base = { syn_only = true } })
      advance(0.5)
      probe(a)
      poll(a)
      local syn = heard()[1]
      advance(0.03)
      answer(syn, { flags = "SA", ack = syn.seq }) -- not for us
      answer(syn, { flags = "SA", window = 4000, mss = 1400, ts_echo = syn.ts_value })
      answer(syn, { flags = "SA", window = 4000, mss = 1400, ts_echo = syn.ts_value })
      poll(a)
      assert.equal("198.18.0.9:80 answered, window 4000, mss 1400, ttl 64, 30000000 ns", log(a))
      local sent = heard()
      assert.same({ "R", u32(syn.seq + 1) }, { sent[1].flags, sent[1].seq })
      assert.same({ 2, "R" }, { #sent, sent[2].flags }) -- the first may have been lost
      assert.is_true(idle(a))
      assert.equal(1, tonumber(counters(a).syn_acks))
      assert.equal(1, tonumber(counters(a).dropped_duplicate))
      assert.equal(1, tonumber(counters(a).dropped_cookie))
      probe(a, "198.18.0.8:80")
      poll(a)
      answer(heard()[1], { flags = "RA", seq = 0 })
      poll(a)
      assert.equal("refused", log(a))
    end)

    it("counts the answers that it forgets before their time, and forgets none as long as there is room", function()
      for limit, forgotten in pairs { [16] = 32, [0] = 0 } do
        local a = party(pipe(), { seen_max = limit, base = { syn_only = true } })
        for i = 1, 50 do probe(a, "198.18.0." .. i .. ":80") end
        poll(a)
        local syns = heard()
        for _, syn in ipairs(syns) do answer(syn, { flags = "SA" }) end
        poll(a)
        assert.equal(forgotten, tonumber(counters(a).seen_forgotten))
        answer(syns[1], { flags = "SA" })
        answer(syns[50], { flags = "SA" })
        poll(a)
        assert.equal(forgotten > 0 and 51 or 50, tonumber(counters(a).syn_acks))
      end
    end)

    it("tells of many SYN-ACKs once each, at a rate that makes their RSTs wait", function()
      local a = party(pipe(), { base = { syn_only = true, rate_pps = 100, retries = 3 } })
      local b = party(links[2], { listens = true, answer = C.LISTEN_ACCEPT })
      for i = 1, 250 do
        while probe(a, "198.18.1." .. i .. ":80") ~= 0 do run(a, b, 0.05) end
      end
      run(a, b, 30)
      local told, twice = {}, 0
      for text in log(a):gmatch "(198%.18%.1%.%d+):80 answered" do
        twice = twice + (told[text] and 1 or 0)
        told[text] = true
      end
      assert.equal(0, twice)
      assert.equal(250, tonumber(counters(a).syn_acks))
      assert.is_true(idle(a) and idle(b))
    end)

    it("notes when the SYN-ACK came again last, and counts it from the first on", function()
      local a = party(pipe())
      local _, syn = open(a)
      local s = parties.party_stream(a)
      assert.same({ 0, 0 }, { s.synack_repeats, s.synack_repeat_us })
      for _, seconds in ipairs { 1, 2 } do
        advance(seconds)
        answer(syn, { flags = "SA" })
        poll(a)
      end
      assert.same({ 2, 3000000 }, { s.synack_repeats, s.synack_repeat_us })
    end)

    it("notes when a zero window opened, and the smallest one offered", function()
      local a = party(pipe())
      local _, syn = open(a, { window = 0 })
      local s = parties.party_stream(a)
      assert.same({ 0, 0, 0 }, { s.syn_ack.window, s.window_open_us, s.window_least })
      advance(0.25)
      for _, window in ipairs { 900, 40, 0, 700 } do
        answer(syn, { flags = "A", seq = 7001, window = window })
        poll(a)
        advance(1)
      end
      assert.same({ 250000, 40, 700 }, { s.window_open_us, s.window_least, s.window })
    end)

    it("notes whether the peer ended before, with or after its first acknowledgement of our data", function()
      local ends = {
        [C.STREAM_END_NONE] = { {} },
        [C.STREAM_END_BEFORE_ACK] = { { { "RA", 0 } }, { { "R", 0 } }, { { "FA", 0 } }, { { "FA", 0 }, { "A", 5, 7002 } },
          { { "FA", 0 }, { "RA", 5, 7002 } } },
        [C.STREAM_END_WITH_ACK] = { { { "RA", 5 } }, { { "FA", 5 } } },
        [C.STREAM_END_AFTER_ACK] = { { { "A", 5 }, { "RA", 5 } }, { { "A", 5 }, { "FA", 5 } }, { { "A", 1 }, { "FA", 5 } } },
      }
      for expected, cases in pairs(ends) do
        for _, case in ipairs(cases) do
          local a = party(pipe(), { say = "hello" })
          local _, syn = open(a)
          for _, each in ipairs(case) do
            answer(syn, { flags = each[1], seq = each[3] or 7001, ack = syn.seq + 1 + each[2] })
            poll(a)
          end
          assert.equal(tonumber(expected), tonumber(parties.party_ended(a)))
        end
      end
    end)

    it("is refused once by RST, and not by a RST with a wrong number", function()
      local a = party(pipe())
      probe(a)
      poll(a)
      local syn = heard()[1]
      answer(syn, { flags = "RA", seq = 0, ack = syn.seq + 100000 })
      answer(syn, { flags = "R", seq = 0 })
      poll(a)
      assert.equal("", log(a))
      answer(syn, { flags = "RA", seq = 0 })
      answer(syn, { flags = "RA", seq = 0 })
      poll(a)
      assert.equal("refused", log(a))
      assert.equal(1, tonumber(counters(a).refused))
    end)

    it("ends with an ICMP error that quotes its SYN", function()
      local a = party(pipe())
      probe(a)
      poll(a)
      local syn = heard()[1]
      unreachable(syn, 1, syn.seq + 1)
      unreachable(syn, 4)
      poll(a)
      assert.equal("", log(a))
      unreachable(syn, 13)
      unreachable(syn, 13)
      poll(a)
      assert.equal("unreachable 13", log(a))
      assert.equal(1, tonumber(counters(a).unreachable))
    end)

    it("is tried again, and reported when tracked", function()
      local a = party(pipe(), { base = { retries = 2, track_probes = true } })
      probe(a)
      probe(a, "198.18.0.10:80")
      poll(a)
      local first = heard()
      answer(first[2], { flags = "SA" })
      run(a, nil, 0.9)
      assert.equal("opened", log(a))
      assert.equal(1, #heard())
      run(a, nil, 0.2)
      local again = heard()
      assert.equal(1, #again)
      assert.equal(first[1].seq, again[1].seq)
      run(a, nil, 2)
      assert.equal(1, #heard())
      run(a, nil, 3.7)
      assert.equal("", log(a))
      run(a, nil, 0.3)
      assert.equal("filtered", log(a))
      assert.equal(2, tonumber(counters(a).probe_retries))
      answer(first[1], { flags = "SA" })
      poll(a)
      assert.equal("", log(a))
      parties.party_close(a, C.CLOSE_RESET)
      run(a, nil, 0.1)
      assert.is_true(idle(a))
    end)

    it("has no more probes in flight than there are streams for their answers, where they are few and tracked", function()
      local a = party(pipe(), { base = { streams_max = 3, retries = 1 } })
      local function room() return tonumber(transport(a).ops.room(transport(a))) end
      assert.equal(3, room())
      probe(a, "198.18.0.10:80")
      probe(a, "198.18.0.11:80")
      poll(a)
      assert.equal(1, room())
      answer(heard()[1], { flags = "RA" })
      poll(a)
      assert.is_true(room() > 1)   -- one of those decided refused, so fewer of the others will answer
    end)

    it("stops at the number of streams, and takes the SYN-ACK when one is free again", function()
      local a = party(pipe(), { base = { streams_max = 1 } })
      probe(a)
      poll(a)
      local syn = heard()[1]
      open(a, {})
      local _, second = connect(a)
      assert.is_true(second == nil)
      answer(syn, { flags = "SA" })
      poll(a)
      assert.equal(0, tonumber(transport(a).ops.room(transport(a))))
      assert.is_true(probe(a, "198.18.0.10:80") < 0)
      parties.party_close(a, C.CLOSE_RESET)
      poll(a)
      assert.is_true(tonumber(transport(a).ops.room(transport(a))) > 0)
    end)

    it("leaves a SYN-ACK without room unanswered, and takes it when it comes again", function()
      local a = party(pipe(), { base = { streams_max = 1 } })
      probe(a)
      probe(a, "198.18.0.10:80")
      poll(a)
      local syns = heard()
      answer(syns[1], { flags = "SA" })
      answer(syns[2], { flags = "SA" })
      poll(a)
      assert.equal(1, tonumber(counters(a).dropped_flow_full))
      assert.equal(1, #heard())
      parties.party_close(a, C.CLOSE_RESET)
      poll(a)
      answer(syns[2], { flags = "SA" })
      poll(a)
      assert.equal("opened, opened", log(a))
    end)

    it("sends nothing to whom it may not", function()
      local a = party(pipe(), { blocked = address "198.18.0.9" })
      assert.equal(C.ERR_BLOCKED, probe(a))
      assert.equal(C.ERR_BLOCKED, (connect(a)))
      poll(a)
      assert.same({}, heard())
      assert.equal(2, tonumber(counters(a).sends_blocked))
      assert.is_true(idle(a))
    end)

    it("keeps to the rate over all packets", function()
      local a = party(pipe(), { base = { rate_pps = 1000, retries = 0 } })
      local sent = 0
      for _ = 1, 1000 do
        while probe(a, "198.18.0." .. sent % 200 + 1 .. ":" .. 1000 + sent) == 0 do sent = sent + 1 end
        poll(a)
        heard()
        advance(0.001)
      end
      assert.is_true(sent >= 980 and sent <= 1011, sent)
      assert.equal(sent, tonumber(counters(a).frames_sent))
    end)

    it("loses no frame to a link that is full", function()
      local a = party(pipe())
      for i = 1, 1500 do assert.equal(0, probe(a, "198.18.0.9:" .. i)) end
      poll(a)
      assert.equal(1024, #heard())
      assert.is_false(idle(a))
      assert.equal(0, #heard()) -- only now the pipe's places are free again
      poll(a)
      assert.equal(476, #heard())
      assert.is_true(idle(a))
    end)

    it("counts what a full link keeps from being sent to the end", function()
      local a = party(pipe(), { base = { retries = 0 } })
      for i = 1, 1500 do assert.equal(0, probe(a, "198.18.0.9:" .. i)) end
      poll(a)
      parties.party_end(a)
      assert.equal(1024, tonumber(counters(a).frames_sent))
      assert.equal(476, tonumber(counters(a).outbox_unsent))
    end)

    it("answers segments of connections it does not have with RST, but not RSTs, and not without limit", function()
      local a = party(pipe())
      local stray = { flags = "A", seq = 1, source = "198.18.0.1:61005", destination = "198.18.0.9:80", payload = "" }
      answer(stray, { flags = "R" })
      answer(stray, { flags = "A", ack = 77 })
      poll(a)
      local rst = heard()
      assert.equal(1, #rst)
      assert.equal("R", rst[1].flags)
      assert.equal(77, rst[1].seq)
      for _ = 1, 500 do answer(stray, { flags = "A", ack = 77 }) end
      for _ = 1, 10 do poll(a) end
      assert.is_true(#heard() < 50)
      assert.equal(502, tonumber(counters(a).dropped_no_flow))
    end)
  end)

  describe("a stream", function()
    it("hands over data that came with the SYN-ACK after opened, and FIN after data", function()
      local a = party(pipe(), { manner = "PARTY_ECHO" })
      local sent = open(a, { flags = "SFA", payload = "220 ready" })
      assert.equal("opened, data 9, finished", log(a))
      assert.equal("220 ready", bytes(a))
      assert.equal(1, #sent)
      assert.equal("220 ready", sent[1].payload)
      assert.equal("FA", sent[1].flags)
      assert.equal(7000 + 1 + 9 + 1, sent[1].ack)
      answer(sent[1], { flags = "A", seq = 7011 })
      poll(a)
      assert.is_true(idle(a))
    end)

    it("closed inside opened is reset, and gone", function()
      local a = party(pipe(), { close_when_opened = true })
      local sent = open(a, { payload = "data that nobody wants", flags = "SFA" })
      assert.equal("opened", log(a))
      assert.equal("RA", sent[1].flags)
      assert.is_true(idle(a))
    end)

    it("closed inside opened with FIN is seen through without its owner", function()
      local a = party(pipe(), { say = "QUIT", finish_when_opened = true })
      local sent = open(a)
      assert.equal("FA", sent[1].flags)
      assert.equal("QUIT", sent[1].payload)
      run(a, nil, 1.1)
      assert.equal("RA", heard()[1].flags) -- no retries were allowed
      assert.is_true(idle(a))
    end)

    it("closed inside data hears nothing more", function()
      local a = party(pipe(), { close_at_data = true })
      open(a, { payload = "abc", flags = "SFA" })
      assert.equal("opened, data 3", log(a))
      assert.is_true(idle(a))
    end)

    it("is reset at the expected number, with what the RST says", function()
      local a = party(pipe(), { say = "hello" })
      local sent = open(a)
      answer(sent[1], { flags = "RA", seq = 7005, payload = "no" })
      poll(a)
      assert.equal("opened", log(a))
      assert.equal("A", heard()[1].flags)
      assert.equal(1, tonumber(counters(a).dropped_sequence))
      answer(sent[1], { flags = "RA", seq = 7001, payload = "go away" })
      poll(a)
      assert.equal("reset 7", log(a))
      assert.same({}, heard())
      poll(a)
      assert.is_true(idle(a))
    end)

    it("says when its data is never acknowledged, and resets at the end", function()
      local a = party(pipe(), { say = "hello", base = { retries = 2 } })
      open(a)
      run(a, nil, 20)
      assert.equal("opened, unacked", log(a))
      local s = parties.party_stream(a)
      assert.equal(2, s.retransmissions)
      assert.equal(0, tonumber(s.bytes_acked))
      local again = heard()
      assert.equal(2, #again)
      assert.equal("PA", again[1].flags)
      assert.equal(2, tonumber(counters(a).retransmissions))
      parties.party_close(a, C.CLOSE_FINISH)
      poll(a)
      assert.equal("RA", heard()[1].flags)
      assert.is_true(idle(a))
    end)

    it("with a zero window is told when it opens", function()
      local a = party(pipe(), { say = "hello" })
      local sent = open(a, { window = 0 })
      assert.equal("", sent[1].payload)
      run(a, nil, 1.1)
      local probed = heard()
      assert.equal("h", probed[1].payload)
      answer(sent[1], { flags = "A", seq = 7001, window = 1000 })
      poll(a)
      assert.equal("opened, window", log(a))
      assert.equal(1000, parties.party_stream(a).window)
      local rest = heard()
      assert.equal("hello", rest[1].payload)
      answer(rest[1], { flags = "A", seq = 7001 })
      poll(a)
      assert.equal("acked", log(a))
    end)

    it("only takes note of ICMP errors", function()
      local a = party(pipe(), { say = "hello" })
      local sent = open(a)
      unreachable(sent[1], 1)
      unreachable(sent[1], 1, sent[1].seq + 5)
      poll(a)
      assert.equal("opened", log(a))
      assert.equal(3, parties.party_stream(a).icmp_type)
      assert.equal(1, tonumber(counters(a).dropped_sequence))
    end)

    it("is kept within its owner's reach: ERR_FULL, ERR_CLOSED", function()
      local a = party(pipe())
      open(a, { flags = "SFA" })
      local big = ("x"):rep(65536)
      assert.equal(0, parties.party_send(a, big, 65536))
      assert.equal(C.ERR_FULL, parties.party_send(a, big, 1))
      assert.equal(65536, tonumber(parties.party_stream(a).bytes_queued))
    end)

    it("is reset once, also where the peer's FIN crosses our RST on the way, and again when it did not arrive", function()
      local a = party(pipe(), { say = "hello", close_at_data = true })
      local _, syn = open(a)
      answer(syn, { flags = "PA", seq = 7001, payload = "220 ready" })
      answer(syn, { flags = "FA", seq = 7010 })
      poll(a)
      local sent = heard()
      assert.same({ 1, "RA" }, { #sent, sent[1].flags })
      advance(0.05)
      answer(syn, { flags = "FA", seq = 7010 })
      poll(a)
      assert.same({}, heard())
      advance(0.2)
      answer(syn, { flags = "FA", seq = 7010 })
      poll(a)
      sent = heard()
      assert.same({ 1, "R" }, { #sent, sent[1].flags })
    end)

    it("is reset once, also where our RST waits for the pace when the peer's FIN comes", function()
      local a = party(pipe(), { say = "hello", close_at_data = true, base = { rate_pps = 1 } })
      advance(1)
      local _, syn = open(a)
      run(a, nil, 1.1)
      assert.equal("hello", heard()[1].payload)
      answer(syn, { flags = "PA", seq = 7001, payload = "220 ready" })
      poll(a)
      assert.same({}, heard())
      advance(0.5)
      answer(syn, { flags = "FA", seq = 7010 })
      poll(a)
      run(a, nil, 5)
      local sent = heard()
      assert.same({ 1, "RA" }, { #sent, sent[1].flags })
      assert.is_true(idle(a))
    end)

    it("waits for an answer from when its frame leaves, not from when the pace first had no room for it", function()
      local a = party(pipe(), { manner = "PARTY_FETCH", volume = 5, base = { rate_pps = 1, retries = 1 } })
      local b = party(links[2], { manner = "PARTY_SERVE", volume = 5, listens = true, answer = C.LISTEN_ACCEPT })
      for i = 1, 6 do
        while probe(a, "198.18.0." .. i .. ":80") ~= 0 do
          assert.is_true(tonumber(links[2].ops.now(links[2])) < 200 * SECOND)
          run(a, b, 0.1)
        end
      end
      run(a, b, 100)
      local tally = parties.party_tally(a)
      assert.same({ 6, 6, 0 }, { tonumber(tally.opened), tonumber(tally.complete), tonumber(tally.unacked) })
      assert.equal(0, tonumber(counters(a).retransmissions))
    end)

    it("is made once more by connect, from another port, and answers belong to it", function()
      local a = party(pipe(), { connect_when_opened = true, say = "hi" })
      local sent, syn = open(a)
      local again = sent[1].flags == "S" and sent[1] or sent[2]
      assert.equal("S", again.flags)
      assert.equal(syn.destination, again.destination)
      assert.not_equal(syn.source, again.source)
      answer(again, { flags = "SA", seq = 100 })
      poll(a)
      assert.equal("opened, connected", log(a))
      assert.equal(again.source, heard()[1].source)
    end)
  end)

  describe("connecting", function()
    it("opens, or is refused", function()
      local a = party(pipe(), { say = "hello" })
      assert.equal(0, (connect(a)))
      poll(a)
      local syn = heard()[1]
      answer(syn, { flags = "SA" })
      poll(a)
      assert.equal("connected", log(a))
      assert.equal("hello", heard()[1].payload)
      assert.equal(0, (connect(a)))
      poll(a)
      local second = heard()[1]
      assert.not_equal(syn.source, second.source)
      answer(second, { flags = "RA", seq = 0 })
      poll(a)
      assert.equal("failed 0", log(a))
      assert.equal(1, tonumber(counters(a).connect_failures))
    end)

    it("loses nothing where more is to be sent at once than the outbox holds", function()
      local a, streams, syns = party(pipe(), { base = { retries = 0 } }), 6000, 0
      for i = 1, streams do assert.equal(0, (connect(a, "198.18.0.9:" .. i))) end
      for _ = 1, 20 do
        assert(transport(a).ops.poll(transport(a), 0, why) == 0)
        syns = syns + #heard()
      end
      assert.equal(streams, syns)
      assert.equal(0, tonumber(counters(a).outbox_full))
    end)

    it("takes no port again to the same target within a minute, and does where there are too few", function()
      local a, taken = party(pipe()), {}
      probe(a)
      poll(a)
      taken[heard()[1].source] = true
      for _ = 1, 300 do
        local _, stream = connect(a)
        poll(a)
        local syn = heard()[1]
        assert.is_nil(taken[syn.source])
        taken[syn.source] = true
        stream.transport.ops.close(stream, C.CLOSE_RESET)
      end
      local few = party(pipe(), { ports = { 61000, 61003 } })
      for _ = 1, 20 do
        local status, stream = connect(few)
        assert.equal(0, status)
        poll(few)
        stream.transport.ops.close(stream, C.CLOSE_RESET)
      end
    end)

    it("tries its SYN again and fails as filtered", function()
      local a = party(pipe(), { base = { retries = 1 } })
      connect(a)
      run(a, nil, 2.9)
      assert.equal(2, #heard())
      assert.equal("", log(a))
      run(a, nil, 0.2)
      assert.equal("failed 1", log(a))
      run(a, nil, 0.1)
      assert.is_true(idle(a))
    end)

    it("fails with an ICMP error", function()
      local a = party(pipe(), { base = { retries = 1 } })
      connect(a)
      poll(a)
      unreachable(heard()[1], 13)
      poll(a)
      assert.equal("failed 2", log(a))
      assert.is_true(idle(a))
    end)

    it("resets a peer's older connection that is in the way", function()
      local a = party(pipe(), { base = { retries = 1 } })
      connect(a)
      poll(a)
      local syn = heard()[1]
      answer(syn, { flags = "A", ack = 12345 })
      poll(a)
      local rst = heard()[1]
      assert.equal("R", rst.flags)
      assert.equal(12345, rst.seq)
      answer(syn, { flags = "SA" })
      poll(a)
      assert.equal("connected", log(a))
    end)

    it("that was given up does not come back as a new target", function()
      local a = party(pipe())
      local _, stream = connect(a)
      poll(a)
      local syn = heard()[1]
      stream.transport.ops.close(stream, C.CLOSE_RESET)
      poll(a)
      assert.is_true(idle(a))
      answer(syn, { flags = "SA" })
      poll(a)
      assert.equal("", log(a))
      assert.equal("R", heard()[1].flags)
    end)
  end)

  describe("between probes", function()
    local function turn(self) assert(transport(self).ops.poll(transport(self), 10 * SECOND, why) == 0) end
    local function room(self) return tonumber(transport(self).ops.room(transport(self))) end
    local function waits(self) return tonumber(parties.party_waits(self)) end

    -- Frames of which nothing comes: addressed to a port that is not ours.
    local function strangers(count)
      local text = frame_of { source = "198.18.0.9:80", destination = "198.18.0.1:60999", flags = "A" }
      for _ = 1, count do assert(wire.send(links[2], text) == 1) end
    end

    it("wakes for the pace also where it got room between the question and the sleep", function()
      local a = party(pipe(), { base = { rate_pps = 1000, retries = 0 } })
      advance(1)
      while room(a) > 0 do assert.equal(0, probe(a)) end
      poll(a)
      assert.equal(0, room(a))
      local before = waits(a)
      advance(0.0012)
      turn(a)
      assert.equal(before + 1, waits(a))
      local now = tonumber(links[2].ops.now(links[2]))
      assert.is_true(tonumber(parties.party_waited_until(a)) <= now + 1000000)
    end)

    it("does not sleep while the last turn sent some, when there is no limit to the rate", function()
      local a = party(pipe())
      for i = 1, 5 do
        assert.equal(0, probe(a, "198.18.0." .. i .. ":80"))
        turn(a)
        assert.equal(0, waits(a))
        assert.equal(1, #heard())
      end
      turn(a)
      assert.equal(1, waits(a))
    end)

    -- Probes as fast as the pace lets, in half milliseconds; the far side takes nothing from `from` on for so long. How many
    -- arrived in each half millisecond.
    local function flood(a, seconds, from, stall)
      local arrived, frames = {}, ffi.new "struct frame[1024]"
      for step = 1, seconds * 2000 do
        advance(0.0005)
        while room(a) > 0 do assert.equal(0, probe(a)) end
        turn(a)
        local stalled = step > from * 2000 and step <= (from + stall) * 2000
        arrived[step] = stalled and 0 or links[2].ops.receive(links[2], frames, 1024)
      end
      return arrived
    end

    local function most_in_a_second(arrived)
      local most, sum = 0, 0
      for step = 1, #arrived do
        sum = sum + arrived[step] - (arrived[step - 2000] or 0)
        most = math.max(most, sum)
      end
      return most
    end

    it("keeps the rate of what arrives, also where the link took frames and they did not leave for a while", function()
      for _, stall in ipairs { 0.05, 0.3 } do
        local arrived = flood(party(pipe(), { base = { rate_pps = 10000, retries = 0 } }), 2.2, 0.9, stall)
        local most, sum = most_in_a_second(arrived), 0
        assert.is_true(most <= 10100, stall .. ": " .. most)
        for _, count in ipairs(arrived) do sum = sum + count end
        assert.is_true(sum >= (2.2 - stall) * 9900, stall .. ": " .. sum)
      end
    end)

    it("sends on when nothing has left for a second: some links may never say", function()
      local a, sent = party(pipe(), { base = { rate_pps = 1000, retries = 0 } }), {}
      for step = 1, 5000 do
        advance(0.0005)
        while room(a) > 0 do assert.equal(0, probe(a)) end
        turn(a)
        sent[step] = tonumber(counters(a).frames_sent)
      end
      assert.same({ 5, 5, 10, 10, 15 }, { sent[100], sent[1900], sent[2100], sent[3900], sent[5000] })
    end)

    it("takes what a full batch left before it sends more", function()
      local a = party(pipe())
      assert.is_true(room(a) > 0)
      strangers(65)
      turn(a)
      assert.equal(64, tonumber(counters(a).frames_received))
      assert.equal(0, room(a))
      assert.equal(tonumber(C.ERR_AGAIN), probe(a))
      turn(a)
      assert.equal(65, tonumber(counters(a).frames_received))
      assert.is_true(room(a) > 0)
      assert.equal(0, probe(a))
    end)

    it("does not sleep on a full batch that left nothing, for then it may send", function()
      local a = party(pipe())
      strangers(64)
      turn(a)
      assert.equal(0, room(a))
      turn(a)
      assert.equal(0, waits(a))
      assert.is_true(room(a) > 0)
      turn(a)
      assert.equal(1, waits(a))
    end)
  end)

  it("goes on from another program's SYN-ACK", function()
    local a = party(pipe(), { say = "hello" })
    local t = transport(a)
    local local_end, remote = endpoint "198.18.0.1:61500", endpoint "198.18.0.9:80"
    assert.equal(0, t.ops.adopt(t, local_end, remote, 7000, 500, 8192))
    assert.equal("", log(a))
    assert.is_true(t.ops.adopt(t, local_end, remote, 7000, 500, 8192) < 0)
    poll(a)
    assert.equal("opened", log(a))
    local sent = heard()
    assert.equal("198.18.0.1:61500", sent[1].source)
    assert.equal(500, sent[1].seq)
    assert.equal(7001, sent[1].ack)
    assert.equal("hello", sent[1].payload)
    answer(sent[1], { flags = "A", seq = 7001 })
    poll(a)
    assert.equal("acked", log(a))
  end)

  it("does not go on from a SYN-ACK to an address or a port that is not its own", function()
    local a = party(pipe(), { say = "hello" })
    local t, remote = transport(a), endpoint "198.18.0.9:80"
    for _, foreign in ipairs { "198.18.0.2:61500", "198.18.0.1:62000" } do
      assert.equal(C.ERR_INVALID, t.ops.adopt(t, endpoint(foreign), remote, 7000, 500, 8192), foreign)
    end
    poll(a)
    assert.equal("", log(a))
    assert.same({}, heard())
  end)

  describe("listening", function()
    it("accepts with the window, MSS and hop limit it was told, and speaks when the ACK has come", function()
      local b = party(pipe(), { listens = true, answer = C.LISTEN_ACCEPT, say = "220 hi",
                                accept = { window = 1000, mss = 700, ttl = 33 } })
      local syn = { flags = "A", seq = 99, source = "198.18.0.77:25", destination = "198.18.0.9:5000", payload = "" }
      answer(syn, { flags = "S", seq = 300 })
      poll(b)
      local reply = heard()[1]
      assert.equal("SA", reply.flags)
      assert.equal(1000, reply.window)
      assert.equal(700, reply.mss)
      assert.equal("", log(b))
      answer(reply, { flags = "A", seq = 301, payload = "EHLO" })
      poll(b)
      assert.equal("opened, data 4", log(b))
      assert.equal("198.18.0.77:25", endpoint_text(parties.party_stream(b)["local"]))
      local sent = heard()
      assert.equal("220 hi", sent[1].payload)
      assert.equal(305, sent[1].ack)
    end)

    it("refuses with RST, or ignores", function()
      for answered, expected in pairs { [tonumber(C.LISTEN_REFUSE)] = 1, [tonumber(C.LISTEN_IGNORE)] = 0 } do
        local b = party(pipe(), { listens = true, answer = answered })
        local syn = { flags = "A", seq = 99, source = "198.18.0.77:25", destination = "198.18.0.9:5000", payload = "" }
        answer(syn, { flags = "S", seq = 300 })
        poll(b)
        local reply = heard()
        assert.equal(expected, #reply)
        if reply[1] then
          assert.equal("RA", reply[1].flags)
          assert.equal(301, reply[1].ack)
        end
        assert.is_true(idle(b))
      end
    end)

    it("forgets who never completes the handshake", function()
      local b = party(pipe(), { listens = true, answer = C.LISTEN_ACCEPT })
      local syn = { flags = "A", seq = 99, source = "198.18.0.77:25", destination = "198.18.0.9:5000", payload = "" }
      answer(syn, { flags = "S", seq = 300 })
      run(b, nil, 16)
      assert.equal(4, #heard())
      assert.equal("", log(b))
      assert.is_true(idle(b))
    end)
  end)

  -- Both sides ours; every byte of both directions is compared with the pattern.
  describe("end to end", function()
    local function exchange(rates, options)
      local near = pipe(rates)
      local base = { retries = 15, seed = options.seed or 1, track_probes = false }
      local a = party(near, { manner = "PARTY_FETCH", volume = options.up, base = base })
      local b = party(links[2], { manner = "PARTY_SERVE", volume = options.down or options.up, listens = true,
                             answer = C.LISTEN_ACCEPT, base = { retries = 15, seed = 2 }, accept = options.accept })
      -- The pattern's length is one for both ends: what each must receive is the other's volume.
      for i = 1, options.count do
        assert.equal(0, probe(a, "198.18.0." .. i .. ":80"))
      end
      run(a, b, options.seconds, rates and 0.001 or 0.1)
      return a, b
    end

    local function assert_complete(a, b, count)
      local near, far = parties.party_tally(a), parties.party_tally(b)
      assert.equal(count, tonumber(near.opened))
      assert.equal(count, tonumber(near.complete))
      assert.equal(0, tonumber(near.mismatches) + tonumber(far.mismatches))
      assert.is_true(idle(a))
      assert.is_true(idle(b))
    end

    it("carries every byte both ways", function()
      local a, b = exchange(nil, { up = 20000, count = 20, seconds = 30 })
      assert_complete(a, b, 20)
      assert.equal(0, tonumber(counters(a).retransmissions))
    end)

    it("carries every byte over small windows and segments", function()
      local a, b = exchange(nil, { up = 3000, count = 3, seconds = 60, accept = { window = 1, mss = 64 } })
      assert_complete(a, b, 3)
    end)

    it("carries every byte over a number that passes 2^32", function()
      local a = party(pipe(), { manner = "PARTY_FETCH", volume = 60000 })
      local t, frames, last = transport(a), ffi.new "struct frame[64]", nil
      local target = endpoint "198.18.0.1:1"
      -- A target whose SYN is less than the volume below 2^32; its SYN will have the same number again.
      for i = 0, 2000000 do
        target.address.bytes[2], target.address.bytes[3] = bit.rshift(i, 16), bit.band(bit.rshift(i, 8), 255)
        target.port = 1 + bit.band(i, 255)
        assert.equal(0, t.ops.probe(t, target))
        assert.equal(0, t.ops.poll(t, 0, why))
        assert.equal(1, links[2].ops.receive(links[2], frames, 64))
        local data = frames[0].data -- the sequence number stands 4 bytes behind the IPv4 header
        last = ((data[24] * 256 + data[25]) * 256 + data[26]) * 256 + data[27]
        if last > 2 ^ 32 - 50000 then break end
      end
      assert.is_true(last > 2 ^ 32 - 50000)
      local b = party(links[2], { manner = "PARTY_SERVE", volume = 60000, listens = true, answer = C.LISTEN_ACCEPT })
      assert.equal(0, t.ops.probe(t, target))
      run(a, b, 20)
      assert_complete(a, b, 1)
    end)

    it("carries every byte over a path that reorders, repeats and delays", function()
      local a, b = exchange({ seed = 5, reorder = 0.3, duplicate = 0.3, delay = 0.5, delay_min_ns = 1e6, delay_max_ns = 30e6 },
        { up = 20000, count = 10, seconds = 60 })
      assert_complete(a, b, 10)
      assert.is_true(tonumber(counters(a).out_of_order) > 0)
    end)

    it("carries every byte over a path that loses 30% each way", function()
      local a, b = exchange({ seed = 9, drop = 0.3 }, { up = 5000, count = 20, seconds = 300 })
      assert_complete(a, b, 20)
      assert.is_true(tonumber(counters(a).retransmissions) > 0)
    end)

    it("carries every byte over a path that corrupts, and counts what was", function()
      local a, b = exchange({ seed = 3, corrupt = 0.1, delay = 1, delay_min_ns = 10e6, delay_max_ns = 10e6 },
        { up = 5000, count = 10, seconds = 120 })
      assert_complete(a, b, 10)
      assert.is_true(tonumber(counters(a).dropped_checksum) > 0)
    end)
  end)

  it("survives whatever segments come, and lets go of everything in bounded time", function()
    local dropped = { "dropped_cookie", "dropped_no_flow", "dropped_duplicate", "dropped_sequence", "dropped_checksum",
                      "dropped_malformed", "dropped_flow_full", "out_of_order" }
    local sums = {}
    for seed = 1, 6 do
      local a = party(pipe(), { say = "hello", manner = "PARTY_ECHO", listens = seed > 4, answer = C.LISTEN_ACCEPT,
                                base = { retries = 2, streams_max = 16, track_probes = true } })
      assert.is_true(parties.party_bombard(a, links[2], 30000, seed))
      assert.is_true(tonumber(parties.party_tally(a).opened) > 100)
      run(a, nil, 20)
      parties.party_close_all(a, seed % 2 == 0 and C.CLOSE_RESET or C.CLOSE_FINISH)
      run(a, nil, 16)
      assert.is_true(idle(a))
      assert.equal(0, tonumber(parties.party_unaccounted(a)))
      for _, name in ipairs(dropped) do sums[name] = (sums[name] or 0) + tonumber(counters(a)[name]) end
      parties.party_destroy(table.remove(made))
      for _, each in ipairs(links) do each.ops.close(each) end
      links = {}
    end
    for _, name in ipairs(dropped) do assert.is_true(sums[name] > 0, name) end
  end)

  it("says what is wrong with its configuration", function()
    local near = pipe()
    local _, text = party(near, { ports = { 5, 4 } })
    assert.truthy(text:match "5 to 4")
    _, text = party(near, { base = { retries = 99 } })
    assert.truthy(text:match "retries")
  end)

  it("keeps 384 bytes for a connection", function()
    assert.equal(376, tonumber(C.transport_raw_flow_bytes()))
  end)
end)
