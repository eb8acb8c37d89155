-- IEC 60870-5-104 (section 5.2): sends a test frame, which is confirmed at any time. Starts no transfer of data.
local expect = require "sonde.expect"

local iec104 = {
  name = "iec104", ports = { 2404 }, first = "client", timeout = 5,
  fields = { confirmed = "whether the test was confirmed (boolean)" },
}

local TEST_ACTIVATE, TEST_CONFIRM = "\104\4\67\0\0\0", "\104\4\131\0\0\0"
local FRAMES_MAX = 4

function iec104.handshake(conn, record)
  conn:send(TEST_ACTIVATE)
  for _ = 1, FRAMES_MAX do   -- a station may have something to say first
    local start, length = conn:peek(2):byte(1, 2)
    expect(start == 104 and length >= 4 and length <= 253, "no frame")
    local frame = conn:receive(length + 2)
    expect(frame ~= TEST_ACTIVATE, "our own frame")
    if frame == TEST_CONFIRM then
      record.confirmed = true
      return
    end
  end
  expect(false, "no confirmation")
end

return iec104
