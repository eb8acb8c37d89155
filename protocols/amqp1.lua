-- AMQP 1.0 (OASIS standard, part 2 section 2.2): sends the protocol header; the answer is the one that the server wants.
local expect = require "sonde.expect"

local amqp1 = {
  name = "amqp1", service = "amqp", first = "client", timeout = 5,
  fields = {
    protocol_version = "of the server's header, e.g. 1.0.0", accepted = "whether it is ours (boolean)",
    layer = "what must come first: AMQP, TLS or SASL",
  },
}

local HEADER = "AMQP\0\1\0\0"
local LAYERS = { [0] = "AMQP", [2] = "TLS", [3] = "SASL" }

function amqp1.handshake(conn, record)
  conn:send(HEADER)
  local header = conn:receive(8)
  expect(header:sub(1, 4) == "AMQP", "no AMQP header")
  local id, major, minor, revision = header:byte(5, 8)
  record.accepted, record.layer = header == HEADER, major == 1 and LAYERS[id] or "AMQP"
  record.protocol_version = major .. "." .. minor .. "." .. revision   -- 0-9-1 stands as 0, 0, 9, 1
end

return amqp1
