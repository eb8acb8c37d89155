-- Time (RFC 868): the server sends the seconds since 1900 in 32 bits, and closes. Sends nothing.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local time = {
  name = "time", ports = { 37 }, first = "server", timeout = 5,
  fields = { unix_time = "seconds since 1970 (number)" },
}

local EPOCH, YEAR_2005 = 2208988800, 0xC6000000

function time.handshake(conn, record)
  local seconds = wire.unpack(">I4", conn:receive(4))
  expect(seconds >= YEAR_2005, "no time of these days")
  record.unix_time = seconds - EPOCH
end

return time
