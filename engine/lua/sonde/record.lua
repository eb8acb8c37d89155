-- A target's record: what one line of output says. The schema is in docs/reference/records.md.

local protocol_type = require("sonde.protocol").type
local verdict = require "sonde.verdict"

local record = {}

local SHUNS = { address = true, port = true }   -- what a policy may say in target.host.shuns
local FIELDS_MAX = 1048576   -- bytes that the fields of one attempt may take, all in all

-- Fields of a record, as `sonde list fields` prints them: name, JSON type, meaning.
record.fields = {
  { "address", "string", "the target's address" },
  { "port", "number", "the target's TCP port" },
  { "time", "string", "when it was decided, RFC 3339, UTC" },
  { "verdict", "string", "what it turned out to be (sonde list verdicts)" },
  { "service", "string", "the protocol that answered; absent when it could not be named" },
  { "services", "array", "all protocols whose signatures match the answer, strongest first; last tls, where it is inside" },
  { "expected", "string", "the protocol assigned to this port; absent where none is" },
  { "fields", "object", "what was learnt of the service; names depend on it (sonde list protocols)" },
  { "tls", "object", "with --full, what the TLS session says: version, cipher, certificate (docs/reference/records.md)" },
  { "attempts", "array", "each handshake tried: handshake, outcome, acked, service, rtt, packets, bytes, ..." },
  { "syn_ack", "object", "the SYN-ACK: window, mss, ttl, ip_id, sack, timestamps; absent with the socket transport" },
  { "data", "string", "the first bytes of the answer, where they are UTF-8 text" },
  { "data_base64", "string", "the same, where they are not" },
  { "error", "string", "the sentence of what ended this target too early: a script's error, or the end of the scan" },
  { "icmp", "object", "type and code of the ICMP error that answered the SYN" },
  { "everywhere", "boolean", "true: the host acknowledges data on random ports too (an acking firewall), as the policy found" },
  { "rtt", "number", "seconds from SYN to its answer, where known (refused targets)" },
  { "seconds", "number", "from the SYN-ACK to the verdict" },
}

for _, sign in ipairs(verdict.signs) do table.insert(record.fields, #record.fields - 1, sign) end

local function is_finite(value)
  return value == value and value ~= math.huge and value ~= -math.huge
end

-- A string, number or boolean as it is; else nil and what is wrong. `spent`: bytes so far.
local function plain_value(value, wanted, spent)
  local kind = type(value)
  if kind ~= wanted then return nil, ("is a %s, not a %s"):format(kind, wanted) end
  if kind == "number" and not is_finite(value) then return nil, "is a number that JSON does not have" end
  spent.bytes = spent.bytes + (kind == "string" and #value or 16)
  if spent.bytes > FIELDS_MAX then return nil, "takes more than " .. FIELDS_MAX .. " bytes" end
  return value
end

local function plain_list(list, wanted, spent, array)
  if type(list) ~= "table" then return nil, ("is a %s, not a list"):format(type(list)) end
  local out, count = {}, 0
  for _ in next, list do count = count + 1 end
  for i = 1, count do
    local value, problem = plain_value(rawget(list, i), wanted, spent)
    if problem then return nil, ("has an element %d that %s"):format(i, problem) end
    out[i] = value
  end
  return array(out)
end

-- What a protocol put into its record, as far as it is what the protocol's `fields` say, and what is wrong with the rest:
-- a copy, and nil or a sentence.
function record.plain(fields, protocol, array)
  if next(fields) == nil then return fields end
  local out, spent, names, problem = {}, { bytes = 0 }, {}, nil
  for name in next, fields do
    if protocol.fields[name] then
      names[#names + 1] = name
    else
      problem = "the field '" .. tostring(name) .. "' is not among its fields"
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local wanted = protocol_type(protocol.fields[name])
    local element = wanted:match "^list of (%a+)s$"
    local make = element and plain_list or plain_value
    local value, wrong = make(rawget(fields, name), element or wanted, spent, array)
    out[name] = value
    if wrong then problem = "the field '" .. name .. "' " .. wrong end
  end
  return out, problem
end

-- The services of a target's best attempt, which may be nil.
function record.services_of(best, array)
  local services = array {}
  for i, service in ipairs(best and best.services or {}) do services[i] = service end
  if best and best.inside then services[#services + 1] = "tls" end
  return services
end

-- Writes the record of a target whose policy has ended. engine: record, attempt and finish (engine/lua_record.h).
-- failure: what ended it too early, if anything did; stopped: that was the end of the scan, not a script's fault.
-- Returns the verdict, the best attempt (or nil) and the seconds it took.
function record.write(engine, target, failure, stopped)
  local attempts, best, host = target.attempts, target:best(), target:known_host()
  local name = verdict.of(attempts)
  if name == "untried" then name = verdict.of(attempts, target:syn_ack()) end
  if failure and not stopped and name ~= "service" and name ~= "unidentified" then name = "script_error" end
  local service, seconds = best and best.service, (target.context.now() - target.began_ns) / 1e9
  local half_open, window_opened, echo, tarpit = verdict.signs_of(attempts, name)
  local shuns = name == "shunned" and host and SHUNS[host.shuns] and host.shuns or nil
  engine.record(target.address, target.port, name, service, best and best.services, best and best.inside,
    target.context.expected(target.port), target:fields(engine.json.encode), target:tls(),
    host and host.everywhere == true or nil, half_open, window_opened, echo, tarpit, shuns, failure, seconds)
  for i = 1, #attempts do
    local a = attempts[i]
    engine.attempt(a.acked, a.bytes, a.error, a.follow_up, a.handshake, a.inside, a.opened, a.outcome, a.packets,
      a.reset_payload, a.reused, a.rtt, a.service, a.services, a.syn_ack_repeats, a.what, a.why,
      a.window_opened, a.delay)
  end
  engine.finish(target.first, best and best.data, service ~= nil)
  return name, best, seconds
end

-- The least that can be said of a target, where even its record is not to be had.
function record.of_failure(target, array, clock, failure)
  return {
    address = target.address, port = target.port, time = clock(), verdict = "script_error", services = array {},
    expected = target.context.expected(target.port), fields = {}, attempts = array {}, error = failure,
  }
end

-- The record of a target that never opened.
function record.of_refusal(address, port, why, details, expected, array, clock)
  return {
    address = address, port = port, time = clock(), verdict = why, services = array {}, expected = expected,
    fields = {}, attempts = array {}, rtt = details.rtt, icmp = details.icmp,
    error = details.error,
  }
end

return record
