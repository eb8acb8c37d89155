-- What a scan runs for each target that answers: the policy, then the record. Lives in the worker's own Lua state.

local brief = require "sonde.brief"
local failure = require "sonde.failure"
local host_memory = require "sonde.host_memory"
local key_list = require "sonde.key_list"
local loader_module = require "sonde.loader"
local record = require "sonde.record"
local recording = require "sonde.recording"
local signature = require "sonde.signature"
local target = require "sonde.target"

local NONE = {}

local function sorted_names(protocols)
  local names = {}
  for name in pairs(protocols) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- port -> the protocol assigned to it: the first by name that lists it first among its ports, else the first that lists it.
-- key: "ports", or "tls_ports" for what is spoken inside TLS.
local function assigned_ports(protocols, names, key)
  local assigned = {}
  for pass = 1, 2 do
    for _, name in ipairs(names) do
      for i, port in ipairs(protocols[name][key] or {}) do
        if (pass == 2 or i == 1) and not assigned[port] then assigned[port] = name end
      end
    end
  end
  return assigned
end

-- Counts for the table at the end and for --summary.
local function new_tally()
  return { verdicts = {}, services = {}, expected = {}, unexpected = {} }
end

local function add(counts, key)
  counts[key] = (counts[key] or 0) + 1
end

-- expected: the protocol assigned to the port, or nil; services: a list or nil; inside: the service is one inside TLS.
local function count_record(tally, verdict, expected, service, services, inside)
  add(tally.verdicts, verdict)
  if service then
    add(tally.services, service)
    local is_expected = service == expected or inside and expected == "tls"
    for i = 1, #services do is_expected = is_expected or services[i] == expected end
    add(is_expected and tally.expected or tally.unexpected, service)
  end
end

-- What a person is told of a target that did not open.
local function refusal(verdict, here, rtt, icmp)
  local after = rtt and (" after %.1f ms"):format(rtt * 1000) or ""
  if here then return "not tried: this machine itself could not open a connection" end
  if icmp then return ("%s: ICMP type %d code %d came for an answer%s"):format(verdict, icmp.type, icmp.code, after) end
  if verdict == "refused" then return "refused: a RST came for an answer" .. after end
  return verdict .. ": no answer came"
end

-- The policy of the options; with options.protocol (sonde probe) just that protocol's whole handshake.
local function choose_policy(loader, options, protocols)
  local name = options.protocol
  if not name then return loader:policy(options.policy) end
  if not protocols[name] then return nil, ("there is no protocol '%s' (see: sonde list protocols)"):format(name) end
  return function(handle) handle:try(name, { full = true }) end
end

-- The engine's primitives, with a tls() that marks known keys and adds certificates' bytes, as the options say.
local function choose_primitives(engine, options)
  local text = ""
  if options.key_list then
    local read, unreadable = loader_module.read_file(options.key_list)
    if not read then return nil, unreadable end
    text = read
  end
  local label_of, problem = key_list.parse(text, options.key_list)
  if not label_of then return nil, problem end
  local marking = key_list.marking(engine.primitives.tls, label_of, options.certificates)
  return setmetatable({ tls = marking }, { __index = engine.primitives })
end

-- "0,5": the seconds in it; nil: none are given.
local function delays_of(text)
  local delays = text and {}
  for seconds in (text or ""):gmatch "[^,]+" do delays[#delays + 1] = tonumber(seconds) end
  return delays
end

-- engine: what C supplies: primitives, json, connect, record, attempt and finish (sonde.record), emit(record), keep(target),
-- list(path), clock(), now() in ns, observe(what).
-- options: root, paths, policy, protocol, full, follow_up (seconds, with commas between), timeout (seconds), host, observed,
-- key_list (a path), certificates, recorded,
-- syn_only, redirects (a number, as text), one_port (the scan has no host with two).
-- Returns the functions C calls, or nil and a sentence.
return function(engine, options)
  local loader = loader_module.new(options.root, engine.list, options.paths)
  local protocols, message = loader:protocols()
  if not protocols then return nil, message end
  local signatures, why = NONE, nil
  if not options.syn_only then signatures, why = loader:signatures() end   -- they are half of what there is to load
  if not signatures then return nil, why end
  local policy, problem, parts = choose_policy(loader, options, protocols)
  if not policy then return nil, problem end
  local blamed = parts and parts.first or policy
  local primitives, unreadable = choose_primitives(engine, options)
  if not primitives then return nil, unreadable end

  local array, clock = engine.json.array, engine.clock
  local names, tally = sorted_names(protocols), new_tally()
  local host_of, known_host, has_hosts = host_memory()
  local assigned = assigned_ports(protocols, names, "ports")
  local assigned_inside = assigned_ports(protocols, names, "tls_ports")
  local context = {
    primitives = primitives, protocols = protocols, handshakes = names, connect = engine.connect, handshake = engine.handshake,
    host = options.host,
    options = { full = options.full, timeout = options.timeout, follow_up = delays_of(options.follow_up),
      redirects = tonumber(options.redirects) }, array = array, now = engine.now, recorded = options.recorded,
    identify = signature.remembering(signatures),
    observe = options.observed and engine.observe or nil, host_of = host_of, known_host = known_host,
    named = {}, has_hosts = has_hosts, one_port = options.one_port or false,
    expected = function(port) return assigned[port] end,
    expected_also = function(port)
      local protocol = protocols[assigned[port]]
      return protocol and protocol.also
    end,
    expected_inside = function(port) return assigned_inside[port] end,
  }

  local function emit(line)
    engine.emit(line, false)
    count_record(tally, line.verdict)
  end

  local functions = {}

  -- A target answered: conn is its open connection.
  function functions.new_target(conn)
    local address, port = engine.primitives.endpoints(conn)
    return target.new(context, address, port, conn)
  end

  -- best: what was found, or nil.
  local function count_found(verdict, port, best)
    if not best then return count_record(tally, verdict) end
    local protocol = protocols[assigned[port]] or NONE
    count_record(tally, verdict, protocol.service or protocol.name, best.service, best.services, best.inside)
  end

  local function write_record(new, failed, stopped)
    local verdict, best, seconds = record.write(engine, new, failed, stopped)
    count_found(verdict, new.port, best)
    if options.recorded and not failed then engine.keep(recording.of_target(new, best, seconds, engine.json)) end
  end

  -- Nothing is lost: where a record cannot be written, one that says so is.
  local function emit_record(new, failed, stopped)
    local ok, trouble = pcall(write_record, new, failed, stopped)
    if ok then return end
    engine.script_error()
    emit(record.of_failure(new, array, clock, failed or failure.printable(tostring(trouble))))
  end

  -- Runs on the target's own coroutine, where targets are whole from the start.
  local function run(new)
    local ok, failed = xpcall(policy, failure.of_script, new:handle())
    if ok and options.full then ok, failed = xpcall(new.complete, failure.of_script, new) end
    if ok and options.full then ok, failed = xpcall(new.secure, failure.of_script, new) end
    new:close()
    if not ok then
      engine.script_error()
      failed = failure.of_function(blamed, failed)
    end
    emit_record(new, not ok and failed or nil)
  end

  local whole, apart
  if brief.is_possible(options) then whole, apart = brief.new(engine, context) end

  -- The policy of a brief target returned; or raised something, at which its thread was left.
  local function ended(handle, raised, thread)
    if not thread then
      local ok, verdict, port, found = pcall(brief.write, engine, context, handle)
      if ok and verdict then return count_found(verdict, port, found) end
    end
    local failed
    local _, new = whole(handle)
    new:close()
    if thread then
      engine.script_error()
      failed = failure.of_function(blamed, failure.of_script(raised, thread))
    end
    emit_record(new, failed)
  end

  functions.run, functions.ended = whole and policy or run, whole and ended or nil
  if whole and parts then functions.run, functions.resume = apart(parts) end

  -- The coroutine was ended from outside: by its own fault (endless loop, too much memory), or because the scan was
  -- stopped. What is known is kept. given: the target, or the brief one.
  function functions.fail(given, failed, stopped)
    local new = given
    if whole then new = select(2, whole(given)) end
    if not stopped then engine.script_error() end
    pcall(new.abandon, new, stopped and "stopped" or "script_error")
    emit_record(new, failure.printable(failed), stopped)
  end

  -- With --all: a target that refused or did not answer. here: this machine itself could not try; rtt in seconds or nil;
  -- icmp: table or nil.
  function functions.refused(address, port, verdict, here, rtt, icmp)
    if context.observe then context.observe(refusal(verdict, here, rtt, icmp)) end
    local details = { rtt = rtt, icmp = icmp, error = here and "this machine could not open the connection" or nil }
    local line = record.of_refusal(address, port, verdict, details, assigned[port], array, clock)
    emit(line)
    if options.recorded then engine.keep(recording.of_refusal(line, engine.json)) end
  end

  -- A target whose script could not be stopped: the worker that ran it was killed.
  function functions.killed(address, port, sentence)
    engine.script_error()
    emit(record.of_refusal(address, port, "script_error", { error = sentence }, assigned[port], array, clock))
  end

  -- The protocol assigned to a port, or nil.
  function functions.expected(port)
    return assigned[port]
  end

  -- The counts so far, as JSON. open, refused, filtered: records of these verdicts that C wrote by itself.
  function functions.tally(open, refused, filtered)
    local verdicts, counts = {}, { open = open, refused = refused, filtered = filtered }
    for name, count in pairs(tally.verdicts) do verdicts[name] = count end
    for name, count in pairs(counts) do
      if count > 0 then verdicts[name] = (verdicts[name] or 0) + count end
    end
    return engine.json.encode {
      verdicts = verdicts, services = tally.services, expected = tally.expected, unexpected = tally.unexpected,
    }
  end

  return functions
end
