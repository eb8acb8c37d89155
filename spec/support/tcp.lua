-- One TCP connection of the core driven by hand: segments are Lua tables, time is a number of seconds.
local C, ffi = require "spec.support.c" ("tcp", "rto", "error")
local bit = require "bit"

local EVENTS = { [0] = "opened", "acked", "window", "unacked", "finished", "reset", "failed" }
local FLAGS = { F = 1, S = 2, R = 4, P = 8, A = 16 }

local tcp = {}
tcp.__index = tcp

local function flags_of(text)
  local value = 0
  for letter in text:gmatch "." do value = value + FLAGS[letter] end
  return value
end

local function flags_text(value)
  local text = ""
  for _, letter in ipairs { "S", "F", "R", "P", "A" } do
    if bit.band(value, FLAGS[letter]) ~= 0 then text = text .. letter end
  end
  return text
end

local function u32(value) return value % 2 ^ 32 end

-- A struct segment of { flags = "SA", seq, ack, window, mss, payload, ts = { value, echo } }, and its payload's memory.
function tcp.segment(fields)
  local out = ffi.new "struct segment"
  local payload = fields.payload or ""
  local bytes = ffi.new("uint8_t[?]", #payload + 1, payload)
  out.source.address.family = fields.v6 and 6 or 4
  out.seq, out.ack, out.window = u32(fields.seq), u32(fields.ack or 0), fields.window or 65535
  out.flags, out.mss, out.window_scale = flags_of(fields.flags or "A"), fields.mss or 0, -1
  out.payload, out.payload_length = bytes, #payload
  if fields.ts then out.has_timestamps, out.ts_value, out.ts_echo = true, fields.ts[1], fields.ts[2] end
  return out, bytes
end

local function events_of(mask)
  local list = {}
  for i = 0, 6 do
    if bit.band(mask, 2 ^ i) ~= 0 then list[#list + 1] = EVENTS[i] end
  end
  return table.concat(list, " ")
end

local function new(options, seq)
  local self = setmetatable({ now = 0, events = "", bytes = "", peer = seq, acked = 0 }, tcp)
  self.c = ffi.gc(ffi.new "struct tcp", C.tcp_free)
  self.options = ffi.new("struct tcp_options", { retries = options.retries or 2, push = options.push or false,
                                                mss_v4 = options.mss or 1460, mss_v6 = 1440 })
  self.arrival = ffi.new "struct tcp_arrival"
  return self
end

-- Open, dialled: the peer's SYN-ACK had `seq` (default 5000), ours was `iss` (default 1000).
function tcp.dialled(options)
  options = options or {}
  local self = new(options, u32((options.seq or 5000) + 1))
  self.iss = options.iss or 1000
  local segment, bytes = tcp.segment { flags = options.flags or "SA", seq = options.seq or 5000, ack = self.iss + 1,
    window = options.window, mss = options.peer_mss, payload = options.payload, ts = options.ts, v6 = options.v6 }
  C.tcp_open(self.c, self.options, segment, self:ns(), self.arrival)
  self:note(bytes)
  return self
end

-- In SYN-SENT.
function tcp.dialling(options)
  local self = new(options or {}, 0)
  self.iss = options and options.iss or 1000
  C.tcp_connect(self.c, self.options, self.iss, 4)
  return self
end

-- In SYN-RECEIVED, after a SYN with sequence number 5000.
function tcp.listening(options)
  options = options or {}
  local self = new(options, 5001)
  self.iss = options.iss or 1000
  self.syn = tcp.segment { flags = "S", seq = 5000, mss = options.peer_mss }
  C.tcp_accept(self.c, self.options, self.iss, self.syn, options.own_window or 65535, options.own_mss or 0)
  return self
end

function tcp:ns() return self.now * 1e9 end

-- Writes down what an arrival brought. `alive` keeps the segment's payload.
function tcp:note(alive)
  local arrival = self.arrival
  self.events = events_of(arrival.events)
  self.acked = self.acked + arrival.acked
  local text = ffi.string(arrival.bytes, arrival.length)
  if not self.events:match "reset" then self.bytes = self.bytes .. text end
  local piece, length = ffi.new "const uint8_t *[1]", ffi.new "size_t[1]"
  while C.tcp_take(self.c, piece, length) do self.bytes = self.bytes .. ffi.string(piece[0], length[0]) end
  return text, alive
end

-- A segment from the peer; its fields default to an ACK of everything at the next number in order. Returns the verdict.
function tcp:receive(fields)
  fields.seq = fields.seq or self.peer
  fields.ack = fields.ack or self.c.max
  local segment, bytes = tcp.segment(fields)
  local verdict = C.tcp_receive(self.c, segment, self:ns(), self.arrival)
  self.text = self:note(bytes)
  return ({ [0] = "used", "sequence", "ack" })[tonumber(verdict)]
end

function tcp:send(bytes) return C.tcp_send(self.c, bytes, #bytes) end
function tcp:close(how) C.tcp_close(self.c, how == "reset" and 0 or 1, self:ns()) end
function tcp:finished() return C.tcp_finished(self.c) end

-- All segments to be sent now.
function tcp:output()
  local list, out = {}, ffi.new "struct segment"
  while C.tcp_output(self.c, self:ns(), out) do
    list[#list + 1] = { flags = flags_text(out.flags), seq = out.seq, ack = out.ack, window = out.window, mss = out.mss,
      payload = ffi.string(out.payload, out.payload_length), ts = out.has_timestamps and { out.ts_value, out.ts_echo } }
  end
  return list
end

-- The same in one line each: "PA 1 hello" is a segment one beyond our SYN.
function tcp:wire()
  local list = {}
  for i, segment in ipairs(self:output()) do
    list[i] = segment.flags .. " " .. u32(segment.seq - self.iss)
    if #segment.payload > 0 then list[i] = list[i] .. " " .. segment.payload end
  end
  return list
end

-- Seconds until the timer is due; nil when it is off.
function tcp:due()
  local due = C.tcp_due(self.c)
  if due == 0xffffffffffffffffull then return nil end
  return math.floor((tonumber(due) - self:ns()) / 1e6 + 0.5) / 1e3
end

-- Lets time pass until the timer is due; returns the events.
function tcp:expire()
  self.now = tonumber(C.tcp_due(self.c)) / 1e9
  return events_of(C.tcp_expire(self.c, C.tcp_due(self.c)))
end

return tcp
