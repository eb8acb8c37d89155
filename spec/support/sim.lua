-- For specs: worlds, hand-made frames to them, and a TCP client of a few lines that trusts its link to lose nothing.
local C, ffi = require "spec.support.c" ("error", "address", "packet", "link_sim", "population", "world", "lua_world")

local sim = { C = C, ffi = ffi }

local NS = 1e9

function sim.endpoint(address, port)
  local out = ffi.new "struct endpoint"
  assert(C.address_parse(address, out.address) == 0, address)
  out.port = port
  return out
end

-- t: { flags, seq, ack, payload, from, window, timestamps = { value, echo } }. Returns a frame and what it holds.
function sim.frame(address, port, t)
  local segment = ffi.new "struct segment"
  local source = address:find ":" and "2001:db8:ffff::1" or "192.0.2.1"
  segment.source = sim.endpoint(t.source or source, t.from or 40000)
  segment.destination = sim.endpoint(address, port)
  segment.seq, segment.ack, segment.flags = t.seq or 0, t.ack or 0, t.flags
  segment.window, segment.window_scale, segment.mss = t.window or 65535, -1, t.mss or 0
  if t.timestamps then
    segment.has_timestamps, segment.ts_value, segment.ts_echo = true, t.timestamps[1], t.timestamps[2]
  end
  local payload = t.payload or ""
  segment.payload, segment.payload_length = ffi.cast("const uint8_t *", payload), #payload
  local path = ffi.new "struct packet_path"
  path.layer = C.LINK_RAW_IP
  local bytes = ffi.new("uint8_t[?]", 2048)
  local length = C.packet_write(bytes, 2048, path, segment)
  assert(length > 0, length)
  local frame = ffi.new "struct frame"
  frame.data, frame.length = bytes, length
  return frame, bytes
end

-- A received frame as a table, or nil when it is no TCP packet with right checksums.
function sim.read(frame)
  local packet = ffi.new "struct packet"
  if C.packet_read(frame, C.LINK_RAW_IP, packet) ~= C.PACKET_OK then return nil end
  local s = packet.segment
  return {
    flags = s.flags, seq = s.seq, ack = s.ack, window = s.window, mss = s.mss, ttl = s.ttl, to = s.destination.port,
    port = s.source.port, payload = ffi.string(s.payload, s.payload_length), ts_echo = s.ts_echo,
    has_timestamps = s.has_timestamps,
    address = ffi.string(C.address_format(s.source.address, ffi.new "char[46]")),
    time = tonumber(frame.time_ns) / NS, bytes = ffi.string(frame.data, frame.length),
  }
end

-- A link's methods for specs.
local link = {}
link.__index = link

function sim.wrap(pointer, owner, close)
  return setmetatable({ link = pointer, owner = owner, close_owner = close }, link)
end

-- The link's clock in seconds; in nanoseconds, which compare exactly.
function link:now() return self:now_ns() / NS end
function link:now_ns() return tonumber(self.link.ops.now(self.link)) end

function link:send(address, port, t)
  local frame, bytes = sim.frame(address, port, t)
  local taken = self.link.ops.send(self.link, frame, 1)
  return taken, bytes
end

-- Waits once, at most until `time_ns` on the link's clock; returns the frames that arrived.
function link:step(time_ns)
  local status = self.link.ops.wait(self.link, time_ns)
  assert(status == 0, status)
  local frames, list = ffi.new("struct frame[64]"), {}
  local count = self.link.ops.receive(self.link, frames, 64)
  for i = 0, count - 1 do list[i + 1] = sim.read(frames[i]) or { broken = true } end
  return list
end

-- All frames that arrive within so many seconds.
function link:collect(seconds)
  local all, till = {}, self:now_ns() + seconds * NS
  repeat
    for _, segment in ipairs(self:step(till)) do all[#all + 1] = segment end
  until self:now_ns() >= till
  return all
end

function link:close()
  self.link.ops.close(self.link)
  if self.close_owner then self.close_owner(self.owner) end
end

local FIN, SYN, RST, PSH, ACK = C.TCP_FIN, C.TCP_SYN, C.TCP_RST, C.TCP_PSH, C.TCP_ACK
local has = function(segment, flag) return bit.band(segment.flags, flag) ~= 0 end

-- What one segment means to the client `c` of link:talk.
local function take(self, c, s)
  local result = c.result
  if has(s, RST) then
    result[c.theirs and "reset" or "refused"], result.reset_payload, c.over = true, s.payload, true
  elseif has(s, SYN) then
    result.syn_acks = (result.syn_acks or 0) + 1
    result.opened, result.syn_ack, c.theirs = true, s, bit.tobit(s.seq + 1)
    c:send(self, ACK, 1001, c.data)
  elseif c.theirs then
    result.acked, result.window = math.max(result.acked, bit.tobit(s.ack - 1001)), s.window
    if bit.tobit(s.seq) == c.theirs and (#s.payload > 0 or has(s, FIN)) then
      result.data = result.data .. s.payload
      result.finished = result.finished or has(s, FIN)
      c.theirs = bit.tobit(c.theirs + #s.payload + (has(s, FIN) and 1 or 0))
      c:send(self, ACK, 1001 + #c.data)
    end
    c.over = result.finished
  end
end

-- Opens a connection, sends `data` with the ACK (nil: only acknowledges) and listens until nothing came for so many
-- seconds, acknowledging what comes. Returns { opened, syn_ack, refused, data, finished, reset, reset_payload, acked }.
function link:talk(address, port, data, seconds, from)
  local client = { result = { data = "", acked = 0 }, data = data or "", from = from or 40000 }
  function client.send(c, to, flags, seq, payload)
    to:send(address, port, { flags = flags, seq = seq, ack = c.theirs, payload = payload, from = c.from })
  end
  self:send(address, port, { flags = SYN, seq = 1000, from = client.from, mss = 1460 })
  local patience = (seconds or 10) * NS
  local deadline = self:now_ns() + patience
  while self:now_ns() < deadline and not client.over do
    for _, s in ipairs(self:step(deadline)) do
      if s.to == client.from and s.address == address and s.port == port then
        take(self, client, s)
        deadline = self:now_ns() + patience
      end
    end
  end
  if client.theirs then client:send(self, RST, 1001 + #client.data) end
  return client.result
end

sim.flags = { FIN = FIN, SYN = SYN, RST = RST, PSH = PSH, ACK = ACK }

-- One array of a world's flat form (sonde.world) as C has it; fill(entry, values) writes one entry.
local function array(name, list, fill)
  local out = ffi.new("struct " .. name .. "[?]", math.max(#list, 1))
  for i, values in ipairs(list) do fill(out[i - 1], values) end
  return out
end

-- The population of a description in Lua; nil and a sentence when C refuses it.
function sim.population(description, seed)
  local form = assert(require("sonde.world").compile(description, "spec"))
  local d, why = ffi.new "struct population_description", ffi.new "struct error"
  local networks = array("population_network", form.networks, function(entry, v)
    assert(C.address_parse(v[1], entry.prefix) == 0, v[1])
    entry.prefix_bits, entry.density, entry.loss = v[2], v[3], v[7]
    entry.rtt_min_ns, entry.rtt_max_ns, entry.jitter_ns = v[4] * NS, v[5] * NS, v[6] * NS
    entry.share_first, entry.share_count = v[8], v[9]
  end)
  local shares = array("population_share", form.shares, function(entry, v) entry.kind, entry.weight = v[1], v[2] end)
  local kinds = array("population_kind", form.kinds, function(entry, v)
    entry.place_first, entry.place_count, entry.other = v[1], v[2], C.behaviour_by_name(v[3])
    entry.shuns = C.shun_by_name(v[4])
  end)
  local places = array("population_place", form.places, function(entry, v)
    entry.chance, entry.behaviour, entry.ports_first, entry.ports_count = v[1], C.behaviour_by_name(v[2]), v[3], v[4]
    entry.every = v[5]
  end)
  local ports = array("population_ports", form.ports, function(entry, v)
    entry.first, entry.last, entry.weight = v[1], v[2], v[3]
  end)
  d.networks, d.shares, d.kinds, d.places, d.ports = networks, shares, kinds, places, ports
  d.network_count, d.share_count, d.kind_count = #form.networks, #form.shares, #form.kinds
  d.place_count, d.ports_count = #form.places, #form.ports
  local out = ffi.new "struct population *[1]"
  local status = C.population_create(out, d, seed or 1, why)
  if status ~= 0 then return nil, ffi.string(why.text) end
  return out[0]
end

-- A world without servers, of a description in Lua: a link with .world and .counters.
function sim.open(description, seed)
  local population, why = assert(sim.population(description, seed)), ffi.new "struct error"
  local world, counters = ffi.new "struct world *[1]", ffi.new "struct counters"
  assert(C.world_create(world, population, seed or 1, why) == 0, ffi.string(why.text))
  local pointer = ffi.new "struct link *[1]"
  assert(C.world_open_link(pointer, world[0], seed or 1, counters, why) == 0, ffi.string(why.text))
  local self = sim.wrap(pointer[0], world[0], C.world_destroy)
  self.world, self.counters = world[0], counters
  return self
end

-- A world loaded from Lua: a link with .world and .counters.
function sim.load(name, seed)
  local config, why = ffi.new "struct lua_world_config", ffi.new "struct error"
  config.name, config.lua_dir, config.seed = name, ".", seed or 1
  local out = ffi.new "struct lua_world *[1]"
  if C.lua_world_load(out, config, why) ~= 0 then return nil, ffi.string(why.text) end
  local counters, pointer = ffi.new "struct counters", ffi.new "struct link *[1]"
  assert(C.lua_world_open_link(out[0], pointer, counters, why) == 0, ffi.string(why.text))
  local self = sim.wrap(pointer[0], out[0], C.lua_world_destroy)
  self.world, self.counters = out[0], counters
  return self
end

-- What is really there: { behaviour, service, kind, shuns, network }.
function sim.truth(world, address, port)
  local truth = C.lua_world_truth(world, sim.endpoint(address, port))
  local text = function(pointer) return pointer ~= nil and ffi.string(pointer) or nil end
  return {
    behaviour = text(truth.behaviour), service = text(truth.service), kind = text(truth.kind), shuns = text(truth.shuns),
    network = truth.network,
  }
end

return sim
