-- Oracle's listener (Oracle Net Services, Transparent Network Substrate; `tnsping`): asks whether it is there.
-- No session is opened; the answer REFUSEs it and bears the version.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local oracle = {
  name = "oracle", ports = { 1521 }, first = "client", timeout = 5,
  fields = {
    answer = "accept, refuse, redirect or resend", version = "server version, e.g. 19.0.0.0.0",
    error = "number of the error, 0: none (number)", alias = "the listener's name", data = "what it says in words",
  },
}

local CONNECT, DATA, RESEND, PACKET_MAX = 1, 6, 11, 8192
local ANSWERS = { [2] = "accept", [4] = "refuse", [5] = "redirect", [11] = "resend" }
local DATA_AT = { refuse = 12, redirect = 10 }   -- where the data begin; their length stands in the two bytes before
local QUESTION = "(CONNECT_DATA=(COMMAND=ping))"

-- Version, lowest compatible version, service options, SDU, TDU, NT characteristics, line turnaround, 1 as this machine
-- writes it, length and offset of the data, most to receive, flags.
local PACKET = wire.pack(">I2 x2 B x x2 I2 I2 I2 I2 I2 I2 I2 c2 I2 I2 I4 B B", 34 + #QUESTION, CONNECT, 314, 300, 0, 8192,
  32767, 0x7F08, 0, "\0\1", #QUESTION, 34, 2048, 0, 0) .. QUESTION

local function receive_packet(conn, wanted)
  local length, kind = wire.unpack(">I2 x2 B x", conn:peek(6))
  expect((wanted or ANSWERS[kind]) and length >= 8 and length <= PACKET_MAX, "no packet of a listener")
  expect(not wanted or kind == wanted, "another packet than one of data")
  return ANSWERS[kind], conn:receive(length), kind
end

-- The number's 8, 4, 8, 4 and 8 bits, as a dotted version.
local function version(number)
  local shift, band = bit.rshift, bit.band
  return ("%d.%d.%d.%d.%d"):format(shift(number, 24), band(shift(number, 20), 15), band(shift(number, 12), 255),
    band(shift(number, 8), 15), band(number, 255))
end

function oracle.handshake(conn, record)
  conn:send(PACKET)
  local answer, packet, kind = receive_packet(conn)
  if kind == RESEND then
    conn:send(PACKET)
    answer, packet = receive_packet(conn)
  end
  record.answer = answer
  local start = DATA_AT[answer]
  if not start then return end
  local length = wire.unpack(">I2", packet, start - 1)
  if length > 0 and #packet == start then   -- newer listeners have them in a packet of data, after two bytes of flags
    packet, start = select(2, receive_packet(conn, DATA)), 10
  end
  expect(start + length <= #packet, "data outside of their packet")
  record.data = packet:sub(start + 1, start + length)
  local number = record.data:match "%(VSNNUM=(%d%d?%d?%d?%d?%d?%d?%d?%d?%d?)%)"
  record.version = number and tonumber(number) < 2 ^ 32 and version(tonumber(number)) or nil
  record.error = tonumber(record.data:match "%(ERR=(%d%d?%d?%d?%d?)%)")
  record.alias = record.data:match "%(ALIAS=([^()]*)%)"
end

return oracle
