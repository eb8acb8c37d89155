-- SMPP (SMPP 3.4 section 4.11): asks, without binding, whether the link is alive; the answer or the refusal is the server's.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local smpp = {
  name = "smpp", ports = { 2775 }, first = "client", timeout = 5,
  fields = {
    command = "of the answer: enquire_link_resp or generic_nack", status = "0: no error, 4: not bound (number)",
  },
}

local ENQUIRE_LINK, SEQUENCE, BODY_MAX = 0x15, 1, 256
local COMMANDS = { [0x80000015] = "enquire_link_resp", [0x80000000] = "generic_nack" }

function smpp.handshake(conn, record)
  conn:send(wire.pack(">I4 I4 I4 I4", 16, ENQUIRE_LINK, 0, SEQUENCE))
  local length, command, status, sequence = wire.unpack(">I4 I4 I4 I4", conn:receive(16))
  expect(length >= 16 and length <= BODY_MAX and COMMANDS[command] and sequence <= SEQUENCE, "no answer to enquire_link")
  record.command, record.status = COMMANDS[command], status
end

return smpp
