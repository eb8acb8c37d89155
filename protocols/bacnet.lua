-- BACnet (ASHRAE 135 clauses 6 and 20, annex J) over TCP: reads the number of the device, whichever it is, and its maker's name.
-- Reading changes nothing and needs no rights.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local bacnet = {
  name = "bacnet", ports = { 47808 }, first = "client", timeout = 5,
  fields = {
    instance = "the device's number (number)", vendor = "who made it", error = "class and code of an error, e.g. 2.32",
    refusal = "why it does not answer, a reject's or an abort's reason (number)",
  },
}

local BVLC, UNICAST, BROADCAST, VERSION, EXPECTS_REPLY, ROUTED = 0x81, 0x0A, 0x0B, 1, 4, 0x28
local COMPLEX_ACK, ERROR, REJECT, ABORT = 3, 5, 6, 7   -- the upper four bits of an answer's first byte
local READ_PROPERTY, OBJECT_IDENTIFIER, VENDOR_NAME, DEVICE, ANY = 12, 75, 121, 8, 0x3FFFFF
local OBJECT, TEXT, OPEN, CLOSE, PACKET_MAX = 0xC4, 0x70, 0x3E, 0x3F, 1500

local function question(id, instance, property)
  local service = pack(">B B B B B I4 B B", 0, 5, id, READ_PROPERTY, 0x0C, DEVICE * 2 ^ 22 + instance, 0x19, property)
  return pack(">B B I2 B B", BVLC, UNICAST, 6 + #service, VERSION, EXPECTS_REPLY) .. service
end

-- The kind of the answer, and what follows its first byte; what routers add (clause 6.2) is not for us.
local function receive_answer(conn)
  local kind, form, length = unpack(">B B I2", conn:receive(4))
  expect(kind == BVLC and (form == UNICAST or form == BROADCAST) and length >= 9 and length <= PACKET_MAX, "no BACnet")
  local packet = conn:receive(length - 4)
  local version, control, position = unpack("BB", packet)
  expect(version == VERSION and bit.band(control, ROUTED) == 0, "no answer to us")
  return math.floor(packet:byte(position) / 16), packet:sub(position + 1)
end

-- The value of a property, from its tag on (clause 20.2); nil where there is none, with the record saying why.
local function ask(conn, record, id, instance, property)
  conn:send(question(id, instance, property))
  local kind, answer = receive_answer(conn)
  expect(answer:byte(1) == id and kind >= COMPLEX_ACK, "no answer to our question")
  if kind == REJECT or kind == ABORT then record.refusal = unpack("B", answer, 2) end
  if kind == ERROR then
    local class, code = unpack(">x x B x B", answer, 2)
    record.error = class .. "." .. code
  end
  if kind ~= COMPLEX_ACK then return nil end
  local place = answer:find(string.char(0x19, property, OPEN), 1, true)
  expect(place and answer:byte(-1) == CLOSE, "no value")
  return answer:sub(place + 3, -2)
end

function bacnet.handshake(conn, record)
  local value = ask(conn, record, 1, ANY, OBJECT_IDENTIFIER)
  if not value then return end
  local tag, object = unpack(">B I4", value)
  expect(tag == OBJECT, "no number of a device")
  record.instance = object % 2 ^ 22
  value = ask(conn, record, 2, record.instance, VENDOR_NAME)
  if not value then return end
  local kind, start = unpack("B", value)
  expect(bit.band(kind, 0xF8) == TEXT, "no text")
  local size = kind % 8
  if size == 5 then size, start = unpack("B", value, start) end   -- longer than four bytes
  expect(size >= 1 and start + size - 1 <= #value, "text of a wrong length")
  record.vendor = value:sub(start + 1, start + size - 1)   -- after the character set's number
end

return bacnet
