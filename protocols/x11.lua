-- X11 (X Window System Protocol, section 8): opens a connection without authorization, reads who answers, and leaves.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local x11 = {
  name = "x11", ports = { 6000, 6001 }, first = "client", timeout = 5,
  fields = {
    accepted = "whether it let us in (boolean)", protocol_version = "e.g. 11.0", reason = "why it did not",
    vendor = "who made the server", release = "its release, as the vendor counts (number)",
  },
}

local FAILED, SUCCESS, AUTHENTICATE, SETUP_MAX = 0, 1, 2, 65536
local NAMES_MAX = 256

function x11.handshake(conn, record)
  conn:send(wire.pack("<c1 x I2 I2 I2 I2 x2", "l", 11, 0, 0, 0))
  local status, size, major, minor, words = unpack("<B B I2 I2 I2", conn:receive(8))
  expect(status <= AUTHENTICATE and (status == AUTHENTICATE or major == 11), "no X11")
  expect(words * 4 <= SETUP_MAX, "setup too long")
  if status ~= SUCCESS then
    local text = conn:receive(words * 4)
    record.accepted, record.reason = false, text:sub(1, status == FAILED and size or nil):match "^[^%z\r\n]+"
    if status == FAILED then record.protocol_version = major .. "." .. minor end
    return
  end
  expect(words * 4 >= 32, "setup too short")
  local release, length = unpack("<I4 x12 I2", conn:receive(32))
  expect(length <= NAMES_MAX and length <= words * 4 - 32, "vendor too long")
  record.accepted, record.protocol_version, record.release = true, major .. "." .. minor, release
  record.vendor = conn:receive(length)
end

return x11
