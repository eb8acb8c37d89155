-- Check Point firewall's topology service (its observed form): asks as SecuRemote clients do.
-- The answer names firewall and management. Fetches no topology.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local checkpoint = {
  name = "checkpoint", ports = { 264 }, first = "client", timeout = 5,
  fields = { firewall = "its name", management = "name of what manages it" },
}

local HELLO, ACCEPTED, ANSWER_MAX = "\81\0\0\0\0\0\0\33", "Y\0\0\0", 1024

function checkpoint.handshake(conn, record)
  conn:send(HELLO)
  expect(conn:receive(4) == ACCEPTED, "no answer to the greeting")
  conn:send(wire.pack(">s4", "securemote\0"))
  local length = wire.unpack(">I4", conn:receive(4))
  expect(length >= 4 and length <= ANSWER_MAX, "answer of a forbidden length")
  local firewall, management = conn:receive(length):match "CN=([^,%z]+),O=([^,%z]+)"
  expect(firewall, "no names")
  record.firewall, record.management = firewall, management
end

return checkpoint
