-- AJP 1.3 (AJPv13 protocol reference, CPing): asks a servlet container whether it is there.
local expect = require "sonde.expect"

local ajp = {
  name = "ajp", ports = { 8009 }, first = "client", timeout = 5,
  fields = { pong = "whether it answered as it must (boolean)" },
}

local CPING, CPONG = "\18\52\0\1\10", "AB\0\1\9"

function ajp.handshake(conn, record)
  conn:send(CPING)
  expect(conn:receive(#CPONG) == CPONG, "no CPong")
  record.pong = true
end

return ajp
