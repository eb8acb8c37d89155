-- Omron FINS over TCP (Omron W421, section 7-4-2): asks for node addresses, which opens every connection. No command follows.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local fins = {
  name = "fins", ports = { 9600 }, first = "client", timeout = 5,
  fields = {
    error = "error code, 0: none, 32: all connections in use (number)", client_node = "the address given to us (number)",
    server_node = "the controller's own (number)",
  },
}

local REQUEST, ANSWER, NOTICE = 0, 1, 3

function fins.handshake(conn, record)
  conn:send(wire.pack(">c4 I4 I4 I4 I4", "FINS", 12, REQUEST, 0, 0))
  local mark, length, command, code = wire.unpack(">c4 I4 I4 I4", conn:receive(16))
  expect(mark == "FINS" and (command == ANSWER or command == NOTICE) and length <= 64 and code <= 255, "no answer of FINS")
  record.error = code
  if command ~= ANSWER or code ~= 0 then return end
  expect(length == 16, "answer of a wrong length")
  record.client_node, record.server_node = wire.unpack(">I4 I4", conn:receive(8))
end

return fins
