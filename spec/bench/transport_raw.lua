-- Measures the raw transport over a link in memory: luajit spec/bench/transport_raw.lua (from the project's root, after make).
package.path = "./?.lua;engine/lua/?.lua;" .. package.path
local C, ffi = require "spec.support.c" ("transport_raw", "link_pipe", "error")
local parties = require "spec.support.party"

local COUNT = 102400

local ends, why = ffi.new "struct link *[2]", ffi.new "struct error"
assert(C.link_pipe_create(ends, C.LINK_RAW_IP) == 0)

local config = ffi.new "struct party_config"
local raw = config.raw
raw.link, raw.path.layer = ends[0], C.LINK_RAW_IP
raw.source_v4 = C.address_v4(0xc6120001)
raw.port_first, raw.port_last = 61000, 65535
raw.base.seed, raw.base.streams_max = 1, COUNT

local party = parties.party_create(config, why)
assert(party ~= nil, ffi.string(why.text))
local probe_ns, open_ns = ffi.new "double[1]", ffi.new "double[1]"
assert(parties.party_measure(party, ends[1], COUNT, probe_ns, open_ns))
print(("probe() to the outbox:            %5.0f ns each"):format(probe_ns[0]))
print(("SYN-ACK to opened, ACK, and link: %5.0f ns each, the recording of it included"):format(open_ns[0]))
print(("memory of one connection:         %5d bytes"):format(tonumber(C.transport_raw_flow_bytes())))
parties.party_destroy(party)
for i = 0, 1 do ends[i].ops.close(ends[i]) end
