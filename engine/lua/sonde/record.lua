-- A target's record: what one line of output says. The schema is in docs/reference/records.md.

local protocol_type = require("sonde.protocol").type
local verdict = require "sonde.verdict"

local record = {}

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

local function attempt_facts(attempt, array)
  return {
    handshake = attempt.handshake, outcome = attempt.outcome, opened = attempt.opened, acked = attempt.acked,
    service = attempt.service, services = attempt.services and array(attempt.services),
    why = attempt.why, rtt = attempt.rtt, packets = attempt.packets, bytes = attempt.bytes, reused = attempt.reused,
    follow_up = attempt.follow_up, inside = attempt.inside, what = attempt.what, error = attempt.error, reset_payload = attempt.reset_payload,
  }
end

local function services_of(best, array)
  local services = array {}
  for i, service in ipairs(best and best.services or {}) do services[i] = service end
  if best and best.inside then services[#services + 1] = "tls" end
  return services
end

-- The record of a target whose policy has ended. array marks a Lua table as a JSON array; clock() is the time as text;
-- failure: what ended it too early, if anything did; stopped: that was the end of the scan, not a script's fault.
function record.of_target(target, array, clock, failure, stopped)
  local best, syn_ack, host = target:best(), target:syn_ack(), target:known_host()
  local attempts = array {}
  for i, attempt in ipairs(target.attempts) do attempts[i] = attempt_facts(attempt, array) end
  local name = verdict.of(target.attempts, syn_ack)
  if failure and not stopped and name ~= "service" and name ~= "unidentified" then name = "script_error" end
  return {
    address = target.address, port = target.port, time = clock(), verdict = name,
    service = best and best.service, services = services_of(best, array), tls = target:tls(),
    everywhere = host and host.everywhere == true or nil,
    expected = target.expected, fields = target:fields(), attempts = attempts, syn_ack = syn_ack,
    data = best and best.data, error = failure, seconds = (target.context.now() - target.began_ns) / 1e9,
  }
end

-- The least that can be said of a target, where even its record is not to be had.
function record.of_failure(target, array, clock, failure)
  return {
    address = target.address, port = target.port, time = clock(), verdict = "script_error", services = array {},
    expected = target.expected, fields = {}, attempts = array {}, error = failure,
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
