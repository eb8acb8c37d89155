-- Skinny, SCCP (Cisco Skinny Client Control Protocol, KeepAlive): asks whether the call manager is there. No phone registers.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local skinny = {
  name = "skinny", ports = { 2000 }, first = "client", timeout = 5,
  fields = { message = "number of the answer, 256: KeepAliveAck (number)" },
}

local KEEP_ALIVE, ANSWER_MAX = 0, 2048
local ANSWERS = { [0x0081] = true, [0x0097] = true, [0x009B] = true, [0x009D] = true, [0x009F] = true, [0x0100] = true,
  [0x0118] = true }

function skinny.handshake(conn, record)
  conn:send(wire.pack("<I4 I4 I4", 4, 0, KEEP_ALIVE))
  local length, version, message = wire.unpack("<I4 I4 I4", conn:receive(12))
  expect(length >= 4 and length <= ANSWER_MAX and version <= 32 and ANSWERS[message], "no answer of a call manager")
  record.message = message
end

return skinny
