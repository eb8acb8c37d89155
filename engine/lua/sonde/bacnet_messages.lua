-- BACnet's messages on IP (ASHRAE 135 clauses 6 and 20, annex J) as a scan needs them: reading a property of a device.

local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local bacnet_messages = { COMPLEX_ACK = 3, ERROR = 5, REJECT = 6, ABORT = 7 }   -- kinds of answers

local BVLC, UNICAST, BROADCAST, VERSION, EXPECTS_REPLY, ROUTED = 0x81, 0x0A, 0x0B, 1, 4, 0x28
local READ_PROPERTY, DEVICE, OBJECT, TEXT, PROPERTY, OPEN, CLOSE, PACKET_MAX = 12, 8, 0xC4, 0x70, 0x19, 0x3E, 0x3F, 1500

-- The question for a property of the device with that number (clause 15.5).
function bacnet_messages.question(id, instance, property)
  local service = pack(">B B B B B I4 B B", 0, 5, id, READ_PROPERTY, 0x0C, DEVICE * 2 ^ 22 + instance, PROPERTY, property)
  return pack(">B B I2 B B", BVLC, UNICAST, 6 + #service, VERSION, EXPECTS_REPLY) .. service
end

-- The kind of the answer, and what follows its first byte; what routers add (clause 6.2) is not for us.
function bacnet_messages.receive(conn)
  local kind, form, length = unpack(">B B I2", conn:receive(4))
  expect(kind == BVLC and (form == UNICAST or form == BROADCAST) and length >= 9 and length <= PACKET_MAX, "no BACnet")
  local packet = conn:receive(length - 4)
  local version, control, position = unpack("BB", packet)
  expect(version == VERSION and bit.band(control, ROUTED) == 0, "no answer to us")
  return math.floor(packet:byte(position) / 16), packet:sub(position + 1)
end

-- The value of a property in an answer to the question for it, from its tag on (clause 20.2).
function bacnet_messages.value(answer, property)
  local place = answer:find(string.char(PROPERTY, property, OPEN), 1, true)
  expect(place and answer:byte(-1) == CLOSE, "no value")
  return answer:sub(place + 3, -2)
end

-- What a value says: the number of an object (clause 20.2.14), a text (clause 20.2.9).
function bacnet_messages.instance(value)
  local tag, object = unpack(">B I4", value)
  expect(tag == OBJECT, "no number of a device")
  return object % 2 ^ 22
end

function bacnet_messages.text(value)
  local kind, start = unpack("B", value)
  expect(bit.band(kind, 0xF8) == TEXT, "no text")
  local size = kind % 8
  if size == 5 then size, start = unpack("B", value, start) end   -- longer than four bytes
  expect(size >= 1 and start + size - 1 <= #value, "text of a wrong length")
  return value:sub(start + 1, start + size - 1)   -- after the character set's number
end

return bacnet_messages
