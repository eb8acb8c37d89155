-- MQTT 3.1.1 (OASIS standard, section 3.1): CONNECT without credentials and with a random client id, then DISCONNECT.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local mqtt = {
  name = "mqtt", ports = { 1883 }, tls_ports = { 8883 }, first = "client", timeout = 5,
  fields = {
    code = "of the CONNACK, 0: accepted, 5: not authorized (number)",
    session_present = "whether the broker knew our id (boolean)",
  },
}

local CONNECT, CONNACK, DISCONNECT, CLEAN_SESSION = 0x10, 0x20, 0xE0, 2

function mqtt.handshake(conn, record)
  local id = ("sonde%02x%02x%02x%02x"):format(conn:random(4):byte(1, 4))
  conn:send(wire.pack(">B s1", CONNECT, wire.pack(">s2 B B I2 s2", "MQTT", 4, CLEAN_SESSION, 30, id)))
  local kind, length = wire.unpack("BB", conn:receive(2))
  expect(kind == CONNACK and length >= 2 and length <= 127, "no CONNACK")  -- a broker of MQTT 5 may say more
  local flags, code = wire.unpack("BB", conn:receive(length))
  expect(flags <= 1, "no CONNACK")
  record.session_present, record.code = flags == 1, code
  if code == 0 then conn:send(wire.pack("BB", DISCONNECT, 0)) end
end

return mqtt
