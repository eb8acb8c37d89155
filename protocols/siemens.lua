-- Siemens S7 (RFC 1006; ISO 8073 section 13.3; S7's setup communication, observed form): connects to the CPU.
-- As engineering stations do; agrees on sizes, and ends. Reads and writes nothing.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local siemens = {
  name = "siemens", ports = { 102 }, first = "client", timeout = 5,
  fields = {
    connected = "whether the transport was granted (boolean)", disconnect = "why it was not (number)",
    pdu_size = "bytes of the largest unit agreed (number)", calling = "jobs at once that we may send (number)",
    called = "jobs at once that it may send (number)", error_class = "of a refusal (number)", error_code = "of it (number)",
  },
}

local TPKT, REQUEST, CONFIRM, DISCONNECT, DATA, LAST = 3, 0xE0, 0xD0, 0x80, 0xF0, 0x80
local SIZE, SOURCE, DESTINATION = "\192\1\10", "\193\2\1\0", "\194\2\1\2"   -- 1024 bytes; from a station; rack 0, slot 2
local S7, JOB, ANSWER_WITH_DATA, ANSWER, SETUP, PACKET_MAX = 0x32, 1, 3, 2, 0xF0, 512

local function packet(...)
  local body = table.concat { ... }
  return pack(">B x I2", TPKT, #body + 4) .. body
end

local function receive_packet(conn)
  local version, length = unpack(">B x I2", conn:receive(4))
  expect(version == TPKT and length >= 7 and length <= PACKET_MAX, "no TPKT")
  return conn:receive(length - 4)
end

function siemens.handshake(conn, record)
  local parameters = SIZE .. SOURCE .. DESTINATION
  conn:send(packet(pack(">B B I2 I2 B", 6 + #parameters, REQUEST, 0, 1, 0), parameters))
  local answer = receive_packet(conn)
  local kind = bit.band(answer:byte(2), 0xF0)
  expect(kind == CONFIRM or kind == DISCONNECT and #answer >= 7, "no answer of the transport")
  record.connected = kind == CONFIRM
  if kind == DISCONNECT then
    record.disconnect = answer:byte(7)
    return
  end
  conn:send(packet("\2", string.char(DATA, LAST), pack(">B B x2 I2 I2 I2 B x I2 I2 I2", S7, JOB, 1, 8, 0, SETUP, 1, 1, 480)))
  answer = receive_packet(conn)
  local data, protocol, message, _, _, _, class, code, position = unpack(">x B x B B x2 I2 I2 I2 B B", answer)
  expect(data == DATA and protocol == S7 and (message == ANSWER_WITH_DATA or message == ANSWER), "no answer of S7")
  if class ~= 0 or code ~= 0 then
    record.error_class, record.error_code = class, code
    return
  end
  local setup, calling, called, size = unpack(">B x I2 I2 I2", answer, position)
  expect(setup == SETUP, "no setup")
  record.calling, record.called, record.pdu_size = calling, called, size
end

return siemens
