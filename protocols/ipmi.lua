-- IPMI's presence ping (ASF 2.0 sections 3.2.3 and 3.2.4) on TCP: asks who is there.
-- Opens no session. What is specified is UDP; the same bytes on TCP are answered by some gateways.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local ipmi = {
  name = "ipmi", ports = { 623 }, first = "client", timeout = 5,
  fields = {
    ipmi = "whether IPMI is supported (boolean)", asf_version = "as four bits (number)",
    enterprise = "IANA number of the maker (number)", interactions = "as bits (number)",
  },
}

local RMCP, NO_ACK, ASF, ENTERPRISE, PING, PONG, TAG = 6, 255, 6, 4542, 0x80, 0x40, 1

function ipmi.handshake(conn, record)
  conn:send(wire.pack(">B x B B I4 B B x x", RMCP, NO_ACK, ASF, ENTERPRISE, PING, TAG))
  local version, class, enterprise, kind, length = wire.unpack(">B x2 B I4 B x x B", conn:receive(12))
  expect(version == RMCP and class == ASF and enterprise == ENTERPRISE and kind == PONG and length == 16, "no pong")
  local maker, entities, interactions = wire.unpack(">I4 x4 B B x6", conn:receive(16))
  record.enterprise, record.interactions = maker, interactions
  record.ipmi, record.asf_version = entities >= 0x80, entities % 16
end

return ipmi
