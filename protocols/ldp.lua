-- LDP (RFC 5036 sections 2.5.3 and 3.5.3): asks for a session that no Hello came before, which a router has to reject.
-- It waits for the other side to begin, so without a question it would say nothing. No label is exchanged.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local ldp = {
  name = "ldp", ports = { 646 }, first = "client", timeout = 8,
  fields = {
    router_id = "as an address", label_space = "0: of the platform (number)",
    message = "type of the first message, 1: notification, 512: initialization (number)",
    status = "of a notification (number)", keep_alive = "seconds, of an initialization (number)",
  },
}

local VERSION, PACKET_MAX, NOTIFICATION, INITIALIZATION, STATUS, SESSION = 1, 4096, 0x0001, 0x0200, 0x0300, 0x0500
local OUR_ID, NOBODY, KEEP_ALIVE = "\192\0\2\1\0\0", ("\0"):rep(6), 30   -- the former of RFC 5737; which router, we do not know

-- A packet with an initialization, whose number is 1; its parameters are a session's, the advertisement unsolicited.
local function initialization()
  local parameters = wire.pack(">I2 s2", SESSION, wire.pack(">I2 I2 x2 I2", VERSION, KEEP_ALIVE, 0) .. NOBODY)
  return wire.pack(">I2 s2", VERSION, OUR_ID .. wire.pack(">I2 s2", INITIALIZATION, wire.pack(">I4", 1) .. parameters))
end

function ldp.handshake(conn, record)
  conn:send(initialization())
  local version, length = wire.unpack(">I2 I2", conn:receive(4))
  expect(version == VERSION and length >= 14 and length <= PACKET_MAX, "no LDP packet")
  local packet = conn:receive(length)
  expect(packet:sub(1, 6) ~= OUR_ID, "our own packet")
  local id, space, message, _, position = wire.unpack(">c4 I2 I2 s2", packet)
  expect(position <= #packet + 1, "message outside of its packet")
  record.router_id, record.label_space = wire.address(id), space
  record.message = message
  local body = wire.unpack(">s2", packet, 9)
  if #body < 8 then return end
  local parameter, value = wire.unpack(">x4 I2 s2", body)   -- after the message's id
  if message == NOTIFICATION and parameter % 0x4000 == STATUS then record.status = wire.unpack(">I4", value) % 2 ^ 30 end
  if message == INITIALIZATION and parameter == SESSION then record.keep_alive = wire.unpack(">x2 I2", value) end
end

return ldp
