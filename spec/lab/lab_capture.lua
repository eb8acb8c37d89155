-- What tcpdump saw on the lab's wire: the TCP segments of a capture file, and resets that only a kernel can have sent.
local bit = require "bit"

local ETHERNET, IPV4, IPV6, TCP = 14, 0x0800, 0x86dd, 6
local FIN, SYN, RST, ACK = 1, 2, 4, 16

local capture = {}
capture.__index = capture

local function u16(text, at)
  local a, b = text:byte(at, at + 1)
  return a * 256 + b
end

local function u32(text, at)
  return u16(text, at) * 65536 + u16(text, at + 2)
end

-- Fields of a capture file's own headers: tcpdump writes them in this machine's order, little-endian here.
local function le32(text, at)
  local a, b, c, d = text:byte(at, at + 3)
  return a + b * 256 + c * 65536 + d * 16777216
end

local function text_v4(frame, at)
  return ("%d.%d.%d.%d"):format(frame:byte(at, at + 3))
end

-- RFC 5952 for the addresses of the lab: the longest run of zero groups becomes "::".
local function text_v6(frame, at)
  local groups = {}
  for i = 0, 7 do groups[i + 1] = ("%x"):format(u16(frame, at + 2 * i)) end
  local best, length, i = nil, 1, 1
  while i <= 8 do
    local j = i
    while groups[j] == "0" do j = j + 1 end
    if j - i > length then best, length = i, j - i end
    i = math.max(j, i + 1)
  end
  if not best then return table.concat(groups, ":") end
  return table.concat(groups, ":", 1, best - 1) .. "::" .. table.concat(groups, ":", best + length)
end

-- One frame as a segment, or nil when it is not TCP over IP without extension headers.
local function segment(frame, time)
  if #frame < ETHERNET + 40 then return nil end
  local kind, ip = u16(frame, 13), ETHERNET + 1
  local found = { time = time }
  local tcp, tcp_length
  if kind == IPV4 and frame:byte(ip + 9) == TCP then
    local header = bit.band(frame:byte(ip), 15) * 4
    tcp, tcp_length = ip + header, u16(frame, ip + 2) - header
    found.source, found.destination = text_v4(frame, ip + 12), text_v4(frame, ip + 16)
  elseif kind == IPV6 and frame:byte(ip + 6) == TCP then
    tcp, tcp_length = ip + 40, u16(frame, ip + 4)
    found.source, found.destination = text_v6(frame, ip + 8), text_v6(frame, ip + 24)
  end
  if not tcp or #frame < tcp + 19 then return nil end
  found.source_port, found.destination_port = u16(frame, tcp), u16(frame, tcp + 2)
  found.sequence, found.acknowledged = u32(frame, tcp + 4), u32(frame, tcp + 8)
  local flags = frame:byte(tcp + 13)
  found.syn, found.rst = bit.band(flags, SYN) ~= 0, bit.band(flags, RST) ~= 0
  found.ack, found.fin = bit.band(flags, ACK) ~= 0, bit.band(flags, FIN) ~= 0
  found.window = u16(frame, tcp + 14)
  found.length = tcp_length - bit.rshift(frame:byte(tcp + 12), 4) * 4
  return found
end

-- `listener` is the running tcpdump, `scanners` the set of the scanner's addresses.
function capture.new(path, listener, scanners)
  return setmetatable({ path = path, listener = listener, scanners = scanners }, capture)
end

-- Ends it; everything seen so far is in the file then.
function capture:stop()
  if not self.listener then return self end
  self.listener:kill "INT"
  self.result = self.listener:wait(10)
  self.listener = nil
  return self
end

-- The segments so far, in order; `outgoing` says that the scanner's side sent it.
function capture:segments()
  local file = assert(io.open(self.path, "rb"))
  local text = file:read "*a"
  file:close()
  local found, at = {}, 25
  while at + 16 <= #text do
    local captured = le32(text, at + 8)
    if at + 15 + captured > #text then break end
    local one = segment(text:sub(at + 16, at + 15 + captured), le32(text, at) + le32(text, at + 4) / 1e6)
    if one then
      one.outgoing = self.scanners[one.source] or false
      found[#found + 1] = one
    end
    at = at + 16 + captured
  end
  return found
end

function capture:count(predicate)
  local n = 0
  for _, one in ipairs(self:segments()) do
    if predicate(one) then n = n + 1 end
  end
  return n
end

local function flow_key(one)
  if one.outgoing then
    return table.concat({ one.source, one.source_port, one.destination, one.destination_port }, " ")
  end
  return table.concat({ one.destination, one.destination_port, one.source, one.source_port }, " ")
end

-- Resets from the scanner's side that the scanner itself did not send. The kernel, which knows nothing of our
-- connections, answers a SYN-ACK at once with a reset at the acknowledged number and without a window (RFC 9293 section
-- 3.5.2), before anything of ours has acknowledged it; and where it answers a later segment, we go on with a connection
-- that was reset.
function capture:kernel_resets()
  local flows, resets = {}, {}
  for _, one in ipairs(self:segments()) do
    local key = flow_key(one)
    local flow = flows[key]
    if one.outgoing and one.syn then
      -- The same SYN again is the same connection; another one is a new connection on the same ports.
      if not flow or flow.sequence ~= one.sequence then flows[key] = { sequence = one.sequence } end
    elseif flow and not one.outgoing then
      if one.syn and one.ack then flow.answered = one.acknowledged end
    elseif flow and one.rst then
      if not flow.ours and flow.answered == one.sequence and one.window == 0 then
        resets[#resets + 1] = one
      else
        flow.reset = one
      end
    elseif flow then
      flow.ours = true
      if flow.reset then resets[#resets + 1] = flow.reset end
      flow.reset = nil
    end
  end
  return resets
end

return capture
