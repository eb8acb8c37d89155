-- RDP (MS-RDPBCGR sections 2.2.1.1, 2.2.1.2 and 5.4): asks for a connection of X.224, offers TLS and its kin; TLS.
-- The answer is the choice; where that rests on TLS, TLS follows, for its certificate. Goes no further.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local rdp = {
  name = "rdp", ports = { 3389 }, first = "client", timeout = 5,
  fields = {
    protocol = "0: RDP's own, 1: TLS, 2: CredSSP, 8: CredSSP with early authorization (number)",
    flags = "of the answer, e.g. 8: restricted admin (number)", failure = "why it does not want (number)",
  },
}

local TPKT, REQUEST, CONFIRM, NEG_REQUEST, NEG_RESPONSE, NEG_FAILURE = 3, 0xE0, 0xD0, 1, 2, 3
local OFFERED, RDPS_OWN = 1 + 2 + 8, 0

function rdp.handshake(conn, record)
  conn:send(wire.pack(">B x I2 B B x2 x2 x", TPKT, 19, 14, REQUEST), wire.pack("<B B I2 I4", NEG_REQUEST, 0, 8, OFFERED))
  local version, length = wire.unpack(">B x I2", conn:receive(4))
  expect(version == TPKT and (length == 11 or length == 19), "no TPKT")
  local confirm = conn:receive(length - 4)
  expect(confirm:byte(1) == length - 5 and confirm:byte(2) == CONFIRM, "no connection confirm")
  if length == 11 then   -- a server from before the negotiation
    record.protocol = RDPS_OWN
    return
  end
  local kind, flags, size, value = wire.unpack("<B B I2 I4", confirm, 8)
  expect(size == 8 and (kind == NEG_RESPONSE or kind == NEG_FAILURE), "no negotiation")
  record.flags = kind == NEG_RESPONSE and flags or nil
  record[kind == NEG_RESPONSE and "protocol" or "failure"] = value
  if kind == NEG_RESPONSE and value ~= RDPS_OWN then conn:start_tls() end
end

return rdp
