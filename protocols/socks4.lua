-- SOCKS 4 (SOCKS protocol version 4, and 4A): sends a request with command 0, which is none.
-- So nothing is connected; a server rejects it.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local socks4 = {
  name = "socks4", first = "client", timeout = 5,
  fields = { code = "90: granted, 91: rejected, 92 and 93: ident wanted (number)" },
}

function socks4.handshake(conn, record)
  conn:send(wire.pack(">B B I2 I4 z", 4, 0, 0, 0, ""))
  local version, code = conn:receive(8):byte(1, 2)
  expect(version == 0 and code >= 90 and code <= 93, "no SOCKS 4")
  record.code = code
end

return socks4
