-- A target's record: what one line of output says. The schema is in docs/reference/records.md.

local verdict = require "sonde.verdict"

local record = {}

-- Fields of a record, as `sonde list fields` prints them: name, JSON type, meaning.
record.fields = {
  { "address", "string", "the target's address" },
  { "port", "number", "the target's TCP port" },
  { "time", "string", "when it was decided, RFC 3339, UTC" },
  { "verdict", "string", "what it turned out to be (sonde list verdicts)" },
  { "service", "string", "the protocol that answered; absent when it could not be named" },
  { "services", "array", "all protocols whose signatures match the answer, strongest first" },
  { "expected", "string", "the protocol assigned to this port; absent where none is" },
  { "fields", "object", "what was learnt of the service; names depend on it (sonde list protocols)" },
  { "attempts", "array", "each handshake tried: handshake, outcome, acked, service, rtt, packets, bytes, ..." },
  { "syn_ack", "object", "the SYN-ACK: window, mss, ttl, ip_id, sack, timestamps; absent with the socket transport" },
  { "data", "string", "the first bytes of the answer, where they are UTF-8 text" },
  { "data_base64", "string", "the same, where they are not" },
  { "error", "string", "the sentence of the script error that ended this target" },
  { "icmp", "object", "type and code of the ICMP error that answered the SYN" },
  { "rtt", "number", "seconds from SYN to its answer, where known (refused targets)" },
}

local function attempt_facts(attempt, array)
  return {
    handshake = attempt.handshake, outcome = attempt.outcome, opened = attempt.opened, acked = attempt.acked,
    service = attempt.service, services = attempt.services and array(attempt.services),
    rtt = attempt.rtt, packets = attempt.packets, bytes = attempt.bytes, reused = attempt.reused,
    follow_up = attempt.follow_up, what = attempt.what, error = attempt.error, reset_payload = attempt.reset_payload,
  }
end

-- The record of a target whose policy has ended. array marks a Lua table as a JSON array; clock() is the time as text;
-- failure: what ended it too early, if anything did; stopped: that was the end of the scan, not a script's fault.
function record.of_target(target, array, clock, failure, stopped)
  local best = target:best()
  local attempts = array {}
  for i, attempt in ipairs(target.attempts) do attempts[i] = attempt_facts(attempt, array) end
  local name = verdict.of(target.attempts, target.syn_ack)
  if failure and not stopped and name ~= "service" and name ~= "unidentified" then name = "script_error" end
  return {
    address = target.address, port = target.port, time = clock(), verdict = name,
    service = best and best.service, services = array(best and best.services or {}),
    expected = target.expected, fields = target:fields(), attempts = attempts, syn_ack = target.syn_ack,
    data = best and best.data, error = failure,
  }
end

-- The record of a target that never opened.
function record.of_refusal(address, port, why, details, expected, array, clock)
  return {
    address = address, port = port, time = clock(), verdict = why, services = array {}, expected = expected,
    fields = {}, attempts = array {}, rtt = details.rtt, icmp = details.icmp,
  }
end

return record
