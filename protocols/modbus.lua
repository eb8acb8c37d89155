-- Modbus TCP (Modbus Application Protocol 1.1b3, section 6.21): reads the basic device identification.
-- These are texts that no process depends on. Reads no register, writes nothing.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local modbus = {
  name = "modbus", ports = { 502 }, first = "client", timeout = 5,
  fields = {
    unit = "that answered (number)", vendor = "name of the vendor", product_code = "of the device",
    revision = "of the device", conformity = "level of identification (number)", exception = "why not, e.g. 1 (number)",
  },
}

local ENCAPSULATED, DEVICE_ID, BASIC, EXCEPTION = 0x2B, 0x0E, 1, 0x80
local UNIT = 255   -- the device itself (Modbus Messaging on TCP/IP, section 4.4.2.1); 0 is broadcast on serial lines
local ADU_MAX, OBJECTS_MAX = 254, 16
local KEPT = { [0] = "vendor", [1] = "product_code", [2] = "revision" }

function modbus.handshake(conn, record)
  local id = conn:random(2)
  conn:send(wire.pack(">c2 I2 I2 B B B B B", id, 0, 5, UNIT, ENCAPSULATED, DEVICE_ID, BASIC, 0))
  local echo, protocol, length = unpack(">c2 I2 I2", conn:receive(6))
  expect(echo == id and protocol == 0 and length >= 3 and length <= ADU_MAX, "no answer of Modbus")
  local answer = conn:receive(length)
  local unit, code, kind = unpack("B B B", answer)
  expect(code == ENCAPSULATED + EXCEPTION or code == ENCAPSULATED and kind == DEVICE_ID, "no answer to our request")
  record.unit = unit
  if code ~= ENCAPSULATED then
    record.exception = kind
    return
  end
  local level, count, position = unpack(">x4 B x x B", answer)   -- after unit, function, type and what was asked
  expect(count <= OBJECTS_MAX, "too many objects")
  record.conformity = level
  for _ = 1, count do
    local number, text
    number, text, position = unpack("B s1", answer, position)
    if KEPT[number] then record[KEPT[number]] = text end
  end
end

return modbus
