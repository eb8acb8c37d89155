-- BACnet (ASHRAE 135 clauses 6 and 20, annex J) over TCP: reads the number of the device, whichever it is, and its maker's name.
-- Reading changes nothing and needs no rights.
local expect = require "sonde.expect"
local messages = require "sonde.bacnet_messages"
local wire = require "sonde.wire"

local bacnet = {
  name = "bacnet", ports = { 47808 }, first = "client", timeout = 5,
  fields = {
    instance = "the device's number (number)", vendor = "who made it", error = "class and code of an error, e.g. 2.32",
    refusal = "why it does not answer, a reject's or an abort's reason (number)",
  },
}

local OBJECT_IDENTIFIER, VENDOR_NAME, ANY = 75, 121, 0x3FFFFF

-- The value of a property; nil where there is none, with the record saying why.
local function ask(conn, record, id, instance, property)
  conn:send(messages.question(id, instance, property))
  local kind, answer = messages.receive(conn)
  expect(answer:byte(1) == id and kind >= messages.COMPLEX_ACK, "no answer to our question")
  if kind == messages.REJECT or kind == messages.ABORT then record.refusal = wire.unpack("B", answer, 2) end
  if kind == messages.ERROR then record.error = ("%d.%d"):format(wire.unpack(">x x B x B", answer, 2)) end
  return kind == messages.COMPLEX_ACK and messages.value(answer, property) or nil
end

function bacnet.handshake(conn, record)
  local value = ask(conn, record, 1, ANY, OBJECT_IDENTIFIER)
  if not value then return end
  record.instance = messages.instance(value)
  value = ask(conn, record, 2, record.instance, VENDOR_NAME)
  record.vendor = value and messages.text(value)
end

return bacnet
