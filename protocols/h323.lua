-- H.323 call signalling (ITU-T H.225.0, Q.931 section 3.1.17, RFC 1006): a STATUS ENQUIRY about no call.
-- The answer is a STATUS or a RELEASE COMPLETE. Nothing rings.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local h323 = {
  name = "h323", ports = { 1720 }, first = "client", timeout = 5,
  fields = {
    message = "type of the answer, 90: RELEASE COMPLETE, 125: STATUS (number)", cause = "why, as Q.850 counts (number)",
  },
}

local TPKT, Q931, STATUS_ENQUIRY, CAUSE, PACKET_MAX, ELEMENTS_MAX = 3, 8, 0x75, 8, 4096, 16

function h323.handshake(conn, record)
  conn:send(wire.pack(">B x I2 B s1 B", TPKT, 9, Q931, "\23\112", STATUS_ENQUIRY))
  local version, length = wire.unpack(">B x I2", conn:receive(4))
  expect(version == TPKT and length >= 9 and length <= PACKET_MAX, "no TPKT")
  local packet = conn:receive(length - 4)
  local discriminator, reference, message, position = wire.unpack(">B s1 B", packet)
  expect(discriminator == Q931 and #reference == 2 and reference:byte() >= 128, "no answer of the called side")
  record.message = message
  for _ = 1, ELEMENTS_MAX do
    if position > #packet then return end
    local element = packet:byte(position)
    if element >= 128 then   -- Q.931 section 4.5.1: an element of a single byte
      position = position + 1
    else
      local contents
      contents, position = wire.unpack(element == 126 and ">s2" or "s1", packet, position + 1)
      if element == CAUSE and #contents >= 2 then record.cause = contents:byte(2) % 128 end
    end
  end
end

return h323
