-- Targets as policies get them in most scans: brief ones (engine/lua_brief.h), of which C keeps all there is to know as long
-- as questions come to nothing, and the first answer names the service. At anything else a whole target (sonde.target) is
-- made, and goes on.
--
-- What comes of a target is the same either way: what is said here of attempts and records is what sonde.target and
-- sonde.record say in the cases that are common.

local target = require "sonde.target"
local verdict = require "sonde.verdict"

local brief = {}

-- Whether a scan's targets may be brief: not where more is wanted of each than its first answer, or somebody watches.
function brief.is_possible(options)
  return not (options.full or options.recorded or options.observed or options.host or options.protocol)
end

local function handshakes_of(context)
  local handshakes, timeouts = {}, {}
  for name, protocol in pairs(context.protocols) do
    handshakes[name], timeouts[name] = protocol.handshake, context.options.timeout or protocol.timeout
  end
  return handshakes, timeouts
end

-- An attempt that came to nothing, as C knows it, or nil.
local function vain(handshake, opened, reused, outcome, why, sent, acked, packets, bytes, rtt, window)
  return handshake and {
    handshake = handshake, opened = opened, reused = reused, outcome = outcome, why = why, sent = sent, acked = acked,
    packets = packets, bytes = bytes, rtt = rtt, window = window,
  }
end

-- What a SYN-ACK said, as C knows it, or nil.
local function syn_ack(window, ttl, ip_id, sack, timestamps, mss, window_scale)
  return window and {
    window = window, ttl = ttl, ip_id = ip_id, sack = sack, timestamps = timestamps, mss = mss, window_scale = window_scale,
  }
end

-- engine: `brief`, what C supplies; context: as of targets. Returns whole(handle): what a policy sees, and the target itself, of
-- the whole target that stands for it from then on; and apart(parts), see there.
function brief.new(engine, context)
  local C, identify, protocols = engine.brief, context.identify, context.protocols

  local function whole(handle)
    local there = C.there(handle)
    if there then return there, target.of(there) end
    local stage, name, known, learnt = C.begun(handle)
    local self = target.new(context, handle.address, handle.port)
    there = self:handle()
    self:was_brief(C.first(handle), C.conn(handle))
    for i = 1, math.huge do
      local attempt = vain(C.past(handle, i))
      if not attempt then break end
      target.show(there, self:has_tried(attempt))
    end
    if stage == "answered" then
      target.show(there, self:has_answered(name, known, C.facts(handle)))
    elseif stage == "asked" or stage == "connecting" then
      self:has_begun(name, known, stage == "asked")
    end
    C.become(handle, there)
    return there, self, learnt
  end

  -- The end of a try: what `ask` returned is ok, what, thread.
  local conclude

  -- There is another connection to ask on; or there is none, and `outcome` says why.
  local function go_on(handle, name, options, conn, outcome, packets, bytes)
    if conn then return conclude(handle, name, options, C.ask(handle, name, options, conn)) end
    return target.shown(vain(C.not_opened(handle, target.why_of(options), outcome, packets, bytes)))
  end

  function conclude(handle, name, options, ok, what, thread)
    if ok == nil and what == nil then return (whole(handle)):try(name, options) end
    if what == "connect" then return go_on(handle, name, options, C.connect(handle, name, options)) end
    if ok == nil and what == "answered" and not protocols[name].learn then
      local data, said, port = C.answer(handle)
      local found = identify(data, name, port, said)
      local known = { found = found, data = data, why = target.why_of(options) }
      if found.service and C.conclude(handle, known) then
        local reused, sent, acked, packets, bytes, rtt, window = C.facts(handle)
        return target.shown({
          handshake = name, opened = true, reused = reused, outcome = "answered", why = known.why, sent = sent, acked = acked,
          packets = packets, bytes = bytes, rtt = rtt, window = window, data = data, service = found.service,
        }, found)
      end
    elseif ok == nil then
      local attempt = vain(C.in_vain(handle, what, target.why_of(options)))
      if attempt then return target.shown(attempt) end
    end
    local there, self, learnt = whole(handle)
    return target.show(there, self:go_on(learnt, ok, what, thread))
  end

  local methods = {}
  for _, method in ipairs(target.methods()) do
    methods[method] = function(handle, ...)
      local there = whole(handle)
      return there[method](there, ...)
    end
  end

  -- The frame is as small as can be, and gone when the answer is there: here a scan's coroutines wait.
  function methods.try(handle, name, options)
    return conclude(handle, name, options, C.ask(handle, name, options))
  end

  local function index(handle, key, port)
    if key == "alone" then return context.one_port end
    if key == "expected" then return context.expected(port) end
    if key == "expected_also" then return context.expected_also(port) end
    if key == "host" then return context.host_of(handle.address) end
    if key == "syn_ack" then return syn_ack(C.syn_ack(handle)) end
    return (whole(handle))[key]
  end

  local function newindex(handle, key, value)
    whole(handle)[key] = value
  end

  C.ask, C.park = C.setup(methods, index, newindex, handshakes_of(context)), C.parking(handshakes_of(context))

  -- parts: a policy that asks its first question apart (sonde.loader). Returns run(handle), which asks it; and resume(handle,
  -- outcome), which goes on once that came of it. Between the two, where nothing else is to be kept, there is no handle.
  local function apart(parts)
    local first, after = parts.first, parts.after

    local function run(handle)
      local name, options = first(handle)
      if name == nil then return end
      local ok, what, thread = C.park(handle, name, options)
      if what == "parked" then return end
      local attempt = conclude(handle, name, options, ok, what, thread)
      if after then after(handle, attempt) end
    end

    local function resume(handle, outcome)
      local _, name, options = C.begun(handle)
      local attempt = conclude(handle, name, options, nil, outcome)
      if after then after(handle, attempt) end
    end

    return run, resume
  end

  return whole, apart
end

-- What a record says of the answer in which this was found, made once where it is found again and again; else nil.
local function data_member(engine, found, data)
  if not found.seen then return nil end
  if found.data ~= data then found.data, found.member = data, engine.data_member(data) end
  return found.member
end

-- What a record says of the services found; most answers are of one service, and then it is made once. known: service -> that.
local function named(engine, known, found)
  if not found then
    known[1] = known[1] or engine.named()
    return known[1]
  end
  local service = found.service
  if found.services[2] then return engine.named(service, found.services) end
  known[service] = known[service] or engine.named(service, found.services)
  return known[service]
end

-- The verdict on a target of which every question came to nothing; nil where there is more to be looked at for it.
local function verdict_in_vain(C, handle)
  local attempts = {}
  for i = 1, math.huge do
    attempts[i] = vain(C.past(handle, i))
    if not attempts[i] then break end
  end
  local name = verdict.of(attempts)
  return name ~= "untried" and name ~= "shunned" and name or nil
end

-- Writes the record of a brief target, where it has been one to the end. Returns the verdict, the port, and what was found;
-- or nil.
function brief.write(engine, context, handle)
  local port, known = engine.brief.known(handle)
  if not port then return nil end
  local name = known and "service" or verdict_in_vain(engine.brief, handle)
  if not name then return nil end
  local host = context.has_hosts() and context.known_host(handle.address)
  local everywhere, expected = host and host.everywhere == true or nil, context.expected(port)
  if not known then
    engine.told(handle, name, named(engine, context.named), expected, "{}", everywhere)
    return name, port
  end
  local found = known.found
  local member = data_member(engine, found, known.data)
  engine.told(handle, name, named(engine, context.named, found), expected, target.fields_of(found, engine.json.encode),
    everywhere, known.data, known.why, member)
  return name, port, found
end

return brief
