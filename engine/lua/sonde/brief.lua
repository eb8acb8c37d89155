-- Targets as policies get them in most scans: brief ones (engine/lua_brief.h), of which C keeps all there is to know as long
-- as the first handshake's first answer names the service. At anything else a whole target (sonde.target) is made, and goes on.
--
-- What comes of a target is the same either way: what is said here of attempts and records is what sonde.target and
-- sonde.record say in the one case that is common.

local target = require "sonde.target"

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

-- engine: `brief`, what C supplies; context: as of targets. Returns whole(handle): what a policy sees, and the target itself, of
-- the whole target that stands for it from then on.
function brief.new(engine, context)
  local C, identify, protocols, syn_ack = engine.brief, context.identify, context.protocols, engine.primitives.syn_ack

  local function whole(handle)
    local name, known, there, options = C.stage(handle)
    if there then return there, target.of(there) end
    local conn, ago_ns = C.conn(handle)
    local self = target.new(context, handle.address, handle.port, conn)
    self.began_ns = self.began_ns - ago_ns
    there = self:handle()
    if known then
      target.show(there, self:has_answered(name, known, C.facts(handle)))
    elseif name then
      self:has_begun(name, options)
    end
    C.become(handle, there)
    return there, self
  end

  -- The end of a try: what `ask` returned is ok, what, thread.
  local function conclude(handle, name, options, ok, what, thread)
    if ok == nil and what == nil then return (whole(handle)):try(name, options) end
    if ok == nil and what == "answered" and not protocols[name].learn then
      local data, said, port = C.answer(handle)
      local found = identify(data, name, port, said)
      local known = { found = found, data = data, why = target.why_of(options) }
      if found.service and C.conclude(handle, known) then
        local sent, acked, packets, bytes, rtt, window = C.facts(handle)
        return target.shown({
          handshake = name, opened = true, outcome = "answered", why = known.why, sent = sent, acked = acked, packets = packets,
          bytes = bytes, rtt = rtt, window = window, data = data, service = found.service,
        }, found)
      end
    end
    local learnt = select(5, C.stage(handle))
    local there, self = whole(handle)
    return target.show(there, self:go_on(learnt, ok, what, thread))
  end

  local methods, ask = {}, nil
  for _, method in ipairs(target.methods()) do
    methods[method] = function(handle, ...)
      local there = whole(handle)
      return there[method](there, ...)
    end
  end

  -- The frame is as small as can be, and gone when the answer is there: here a scan's coroutines wait.
  function methods.try(handle, name, options)
    return conclude(handle, name, options, ask(handle, name, options))
  end

  local function index(handle, key)
    local _, _, there = C.stage(handle)
    if there then return there[key] end
    if key == "expected" then return context.expected(handle.port) end
    if key == "host" then return context.host_of(handle.address) end
    if key == "syn_ack" then return syn_ack((C.conn(handle))) end
    return (whole(handle))[key]
  end

  local function newindex(handle, key, value)
    whole(handle)[key] = value
  end

  ask = C.setup(methods, index, newindex, handshakes_of(context))
  return whole
end

-- What a record says of the answer in which this was found, made once where it is found again and again; else nil.
local function data_member(engine, found, data)
  if not found.seen then return nil end
  if found.data ~= data then found.data, found.member = data, engine.data_member(data) end
  return found.member
end

-- Writes the record of a brief target, where it has been one to the end. Returns what was found, and the port.
function brief.write(engine, context, handle)
  local known, port = engine.brief.known(handle)
  if not known then return nil end
  local found = known.found
  local host, member = context.has_hosts() and context.known_host(handle.address), data_member(engine, found, known.data)
  engine.told(handle, found.service, found.services, context.expected(port), target.fields_of(found, engine.json.encode),
    host and host.everywhere == true or nil, known.data, known.why, member)
  return found, port
end

return brief
