-- PPTP (RFC 2637): opens and ends a control connection, which needs no login; no call is made.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local pptp = {
  name = "pptp", ports = { 1723 }, first = "client", timeout = 5,
  fields = {
    result = "result code, 1: success (number)", error = "error code (number)", protocol_version = "e.g. 1.0",
    firmware = "firmware revision (number)", host_name = "the server's own name", vendor = "who made it",
  },
}

local MAGIC, CONTROL_MESSAGE = 0x1A2B3C4D, 1
local START_REQUEST, START_REPLY, STOP_REQUEST = 1, 2, 3
-- Sections 2.1 and 2.2: length, message type, cookie, control type, reserved, version, result and error (reserved in
-- the request), framing, bearers, channels, firmware, host name, vendor.
local START = ">I2 I2 I4 I2 x2 BB B B I4 I4 I2 I2 c64 c64"
local REQUEST = wire.pack(START, 156, CONTROL_MESSAGE, MAGIC, START_REQUEST, 1, 0, 0, 0, 3, 3, 0, 0, "", "")

local function text(padded)
  return padded:match "^[^%z]+"
end

function pptp.handshake(conn, record)
  conn:send(REQUEST)
  local length, message, magic, kind = wire.unpack(">I2 I2 I4 I2", conn:peek(10))
  expect(length == 156 and message == CONTROL_MESSAGE and magic == MAGIC and kind == START_REPLY, "no PPTP reply")
  local _, major, minor, host_name, vendor
  _, _, _, _, major, minor, record.result, record.error, _, _, _, record.firmware, host_name, vendor =
    wire.unpack(START, conn:receive(156))
  record.protocol_version = major .. "." .. minor
  record.host_name, record.vendor = text(host_name), text(vendor)
  conn:send(wire.pack(">I2 I2 I4 I2 x2 B x3", 16, CONTROL_MESSAGE, MAGIC, STOP_REQUEST, 1))
end

return pptp
