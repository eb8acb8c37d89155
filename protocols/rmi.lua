-- Java RMI (Java RMI specification, section 10.2): proposes the stream protocol, reads under which address we are seen.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local rmi = {
  name = "rmi", ports = { 1099 }, first = "client", timeout = 5,
  fields = {
    supported = "whether it takes the stream protocol (boolean)", seen_host = "our address as it sees it",
    seen_port = "our port as it sees it (number)",
  },
}

local STREAM_PROTOCOL, ACKNOWLEDGED, NOT_SUPPORTED, HOST_MAX = 0x4B, "N", "O", 255

function rmi.handshake(conn, record)
  conn:send(wire.pack(">c4 I2 B", "JRMI", 2, STREAM_PROTOCOL))
  local answer = conn:receive(1)
  expect(answer == ACKNOWLEDGED or answer == NOT_SUPPORTED, "no answer to the stream protocol")
  if answer == NOT_SUPPORTED then
    record.supported = false
    return
  end
  local length = wire.unpack(">I2", conn:receive(2))
  expect(length >= 2 and length <= HOST_MAX, "address of a forbidden length")
  local host, port = conn:receive(length), wire.unpack(">I4", conn:receive(4))
  expect(host:find "^[%w.:%%_-]+$" and port <= 65535, "no address")
  record.supported, record.seen_host, record.seen_port = true, host, port
end

return rmi
