-- The far side of an Ethernet link, without a kernel: answers, from an AF_PACKET socket, for hosts whose TCP is odd.
--   luajit spec/lab/middlebox_responder.lua INTERFACE ADDRESS=BEHAVIOUR ...      (behaviours: engine/middlebox.h)
-- Prints its process id once it listens; ends when killed, or after two minutes.
package.path = "./?.lua;" .. package.path

local C, ffi = require "spec.support.c" ("link_ring", "packet", "middlebox", "cookie", "address")

ffi.cdef "unsigned alarm(unsigned); int getpid(void);"

local SECOND = 1000000000
local FRAME_SIZE = 2048
local REPLIES_MAX = 3   -- MIDDLEBOX_REPLIES_MAX

local behaviours = {}
for i = 2, #arg do
  local address, name = arg[i]:match "^([%d.]+)=([%w_]+)$"
  behaviours[address] = C.behaviour_by_name(name)
  assert(behaviours[address] ~= C.BEHAVIOUR_COUNT, arg[i])
end

local function open(interface)
  local config = ffi.new("struct link_config", { interface = interface, port_first = 1, port_last = 65535,
    counters = ffi.new "struct counters" })
  local out, why = ffi.new "struct link *[1]", ffi.new "struct error"
  assert(C.link_ring_ops.open(out, config, why) == 0, ffi.string(why.text))
  return out[0]
end

ffi.C.alarm(120)
local link = open(arg[1])
local key = C.cookie_key_from_seed(1, 2)
local frames, packet = ffi.new "struct frame[64]", ffi.new "struct packet"
local replies, text = ffi.new("struct middlebox_reply[?]", REPLIES_MAX), ffi.new "char[46]"
local sending = ffi.new("uint8_t[?]", FRAME_SIZE)
local waiting = {}   -- frames that are to be sent later: { at_ns, bytes }

local function path_back(frame)
  local path = ffi.new "struct packet_path"
  path.layer = link.layer
  ffi.copy(path.source_mac, link.mac, 6)
  ffi.copy(path.next_hop_mac, frame.data + 6, 6)
  return path
end

local function send(bytes)
  ffi.copy(sending, bytes, #bytes)
  local frame = ffi.new("struct frame[1]", { { sending, #bytes, 0, 0 } })
  link.ops.send(link, frame, 1)
end

local function answer(frame, now_ns)
  if C.packet_read(frame, link.layer, packet) ~= C.PACKET_OK or packet.kind ~= C.PACKET_TCP then return end
  local segment = packet.segment
  local behaviour = behaviours[ffi.string(C.address_format(segment.destination.address, text))]
  if not behaviour then return end
  local secret = C.cookie_sequence(key, segment.destination, segment.source)
  local count = C.middlebox_answer(behaviour, secret, now_ns, segment, replies)
  for i = 0, count - 1 do
    local bytes, reply = ffi.new("uint8_t[?]", FRAME_SIZE), replies[i].segment
    reply.ttl = 64
    local length = C.packet_write(bytes, FRAME_SIZE, path_back(frame), reply)
    assert(length > 0)
    waiting[#waiting + 1] = { at_ns = now_ns + replies[i].extra_ns, bytes = ffi.string(bytes, length) }
  end
end

-- Sends what is due; returns when the next is.
local function send_due(now_ns)
  local later, next_ns = {}, now_ns + SECOND
  for _, one in ipairs(waiting) do
    if one.at_ns <= now_ns then
      send(one.bytes)
    else
      later[#later + 1] = one
      if one.at_ns < next_ns then next_ns = one.at_ns end
    end
  end
  waiting = later
  return next_ns
end

io.stdout:write(ffi.C.getpid(), "\n")
io.stdout:flush()
while true do
  local got = link.ops.receive(link, frames, 64)
  assert(got >= 0, "the link is gone")
  local now_ns = link.ops.now(link)
  for i = 0, got - 1 do answer(frames[i], now_ns) end
  local next_ns = send_due(now_ns)
  if got == 0 then link.ops.wait(link, next_ns) end
end
