-- NUT (RFC 9271): asks the server of an uninterruptible power supply for its version.
local expect = require "sonde.expect"

local nut = {
  name = "nut", ports = { 3493 }, first = "client",
  fields = { banner = "the answer to VER", version = "version of upsd" },
}

function nut.handshake(conn, record)
  conn:send "VER\n"
  record.banner = conn:receive_line()
  record.version = expect(record.banner:match "^Network UPS Tools upsd (%S+)", "no answer to VER")
end

return nut
