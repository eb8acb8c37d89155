-- Probes "address port" pairs by the socket transport and prints what came of each: refusal, ICMP type and code, or "opened".
package.path = "./?.lua;" .. package.path
local C, ffi = require "spec.support.c" ("error", "address", "counters", "transport", "transport_socket")
local S = require "spec.support.loopback"

local MS = 1000000ULL
local recorder, counters = ffi.new "struct recorder", ffi.new "struct counters"
local config = ffi.new "struct transport_socket_config"
S.recorder_handle(recorder, config.base.handler)
config.base.counters, config.base.track_probes, config.base.timeout_ns = counters, true, 200 * MS
local out, why = ffi.new "struct transport *[1]", ffi.new "struct error"
assert(C.transport_socket_create(out, config, why) == 0, ffi.string(why.text))
local transport = out[0]

for i = 1, #arg, 2 do
  local remote = ffi.new "struct endpoint"
  assert(C.address_parse(arg[i], remote.address) == 0)
  remote.port = tonumber(arg[i + 1])
  local before = recorder.count
  assert(transport.ops.probe(transport, remote) == 0)
  for _ = 1, 200 do
    if recorder.count > before then break end
    transport.ops.poll(transport, transport.ops.now(transport) + 5 * MS, nil)
  end
  local seen = recorder.seen[before]
  assert(recorder.count == before + 1, "no answer, or more than one")
  print(seen.kind == S.SEEN_OPENED and "opened" or ("%d %d/%d"):format(seen.detail, seen.icmp_type, seen.icmp_code))
end
transport.ops.destroy(transport)
