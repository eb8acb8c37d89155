-- A target's line in a recording: what each handshake got, and when. The format is in docs/reference/recording.md.

local record = require "sonde.record"
local verdict = require "sonde.verdict"

local recording = {}

local function first_of(events, kind)
  for _, event in ipairs(events) do
    if event[1] == kind then return event[3] end
  end
end

local function handshake_of(attempt, json)
  local events = attempt.trace or {}
  local lists = json.array {}
  for i, event in ipairs(events) do lists[i] = json.array(event) end
  return {
    handshake = attempt.handshake, connection = attempt.connection, reused = attempt.reused, opened = attempt.opened,
    outcome = attempt.outcome, acked = attempt.acked, service = attempt.service,
    services = attempt.services and json.array(attempt.services), packets = attempt.packets, bytes = attempt.bytes,
    data_base64 = attempt.data and json.base64(attempt.data), first_byte_ns = first_of(events, "data"),
    end_ns = first_of(events, "end"), syn_ack_repeats = attempt.syn_ack_repeats, window_least = attempt.window_least,
    window_open_us = attempt.window_opened and math.floor(attempt.window_opened * 1e6 + 0.5),
    reset_payload_base64 = attempt.reset_payload and json.base64(attempt.reset_payload), events = lists,
  }
end

-- best: its best attempt, or nil; seconds: how long it took. json: array, base64.
function recording.of_target(target, best, seconds, json)
  local syn_ack = target:syn_ack()
  local connections, handshakes = json.array {}, json.array {}
  for i, connection in ipairs(target.connects) do connections[i] = connection end
  for i, attempt in ipairs(target.attempts) do handshakes[i] = handshake_of(attempt, json) end
  return {
    address = target.address, port = target.port, verdict = verdict.of(target.attempts, syn_ack),
    service = best and best.service, services = record.services_of(best, json.array),
    expected = target.context.expected(target.port), start_ns = target.began_ns,
    seconds = seconds, syn_ack = syn_ack, connections = connections, handshakes = handshakes,
  }
end

-- A target that refused or did not answer: line is its record.
function recording.of_refusal(line, json)
  return {
    address = line.address, port = line.port, verdict = line.verdict, services = line.services, expected = line.expected,
    rtt_ns = line.rtt and math.floor(line.rtt * 1e9 + 0.5), icmp = line.icmp,
    connections = json.array {}, handshakes = json.array {},
  }
end

return recording
