-- LDP (RFC 5036 section 3.1): waits for what the router says on a connection that it did not expect. Sends nothing.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local ldp = {
  name = "ldp", ports = { 646 }, first = "server", timeout = 8,
  fields = {
    router_id = "as an address", label_space = "0: of the platform (number)",
    message = "type of the first message, 1: notification, 512: initialization (number)",
    status = "of a notification (number)", keep_alive = "seconds, of an initialization (number)",
  },
}

local VERSION, PACKET_MAX, NOTIFICATION, INITIALIZATION, STATUS, SESSION = 1, 4096, 0x0001, 0x0200, 0x0300, 0x0500

function ldp.handshake(conn, record)
  local version, length = wire.unpack(">I2 I2", conn:receive(4))
  expect(version == VERSION and length >= 14 and length <= PACKET_MAX, "no LDP packet")
  local packet = conn:receive(length)
  local id, space, message, _, position = wire.unpack(">c4 I2 I2 s2", packet)
  expect(position <= #packet + 1, "message outside of its packet")
  record.router_id, record.label_space = ("%d.%d.%d.%d"):format(id:byte(1, 4)), space
  record.message = message
  local body = wire.unpack(">s2", packet, 9)
  if #body < 8 then return end
  local parameter, value = wire.unpack(">x4 I2 s2", body)   -- after the message's id
  if message == NOTIFICATION and parameter % 0x4000 == STATUS then record.status = wire.unpack(">I4", value) % 2 ^ 30 end
  if message == INITIALIZATION and parameter == SESSION then record.keep_alive = wire.unpack(">x2 I2", value) end
end

return ldp
