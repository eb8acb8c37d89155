-- OpenVPN over TCP (OpenVPN protocol, "Reliable transport"): asks for a new session.
-- A server that demands no key first acknowledges it. No TLS follows.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local openvpn = {
  name = "openvpn", ports = { 1194 }, first = "client", timeout = 5,
  fields = { acknowledged = "whether the answer names our session (boolean)", key_id = "of the answer (number)" },
}

local RESET_CLIENT, RESET_SERVER = 7, 8
local PACKET_MAX = 256

function openvpn.handshake(conn, record)
  local session = conn:random(8)
  conn:send(wire.pack(">s2", wire.pack(">B c8 B I4", RESET_CLIENT * 8, session, 0, 0)))
  local length, first = wire.unpack(">I2 B", conn:receive(3))
  expect(length >= 14 and length <= PACKET_MAX and math.floor(first / 8) == RESET_SERVER, "no reset of a server")
  local packet = conn:receive(length - 1)
  local count, position = wire.unpack(">B", packet, 9)
  expect(count <= 8, "too many acknowledgments")
  record.key_id = first % 8
  if count == 0 then   -- then no session is named
    record.acknowledged = false
    return
  end
  record.acknowledged = wire.unpack("c8", packet, position + 4 * count) == session
end

return openvpn
