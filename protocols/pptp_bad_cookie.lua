-- PPTP with a wrong magic cookie (RFC 2637 section 1.4): a server ends such a connection, a filter may not look so closely.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local pptp_bad_cookie = {
  name = "pptp_bad_cookie", service = "pptp", first = "client", timeout = 5,
  fields = { result = "result code, where it answers all the same (number)", error = "error code (number)" },
}

local MAGIC, WRONG, CONTROL_MESSAGE, START_REQUEST, START_REPLY = 0x1A2B3C4D, 0x1A2B3C4E, 1, 1, 2
-- Section 2.1: length, message type, cookie, control type, reserved, version, reserved, framing, bearers, channels,
-- firmware, host name, vendor.
local REQUEST = wire.pack(">I2 I2 I4 I2 x2 BB x2 I4 I4 x2 x2 x64 x64", 156, CONTROL_MESSAGE, WRONG, START_REQUEST, 1, 0, 3, 3)

function pptp_bad_cookie.handshake(conn, record)
  conn:send(REQUEST)
  local length, message, magic, kind = wire.unpack(">I2 I2 I4 I2 x4", conn:receive(14))
  expect(length == 156 and message == CONTROL_MESSAGE and kind == START_REPLY, "no PPTP reply")
  expect(magic == MAGIC or magic == WRONG, "no PPTP reply")
  record.result, record.error = conn:receive(2):byte(1, 2)
end

return pptp_bad_cookie
