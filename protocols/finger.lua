-- Finger (RFC 1288 section 2.3): asks for a user that hardly exists, so that nobody's data are asked for.
local expect = require "sonde.expect"

local finger = {
  name = "finger", ports = { 79 }, first = "client", timeout = 5,
  fields = { text = "first line of the answer" },
}

local EMPTY_MAX = 4

function finger.handshake(conn, record)
  conn:send "sonde\r\n"
  for _ = 0, EMPTY_MAX do
    local line = conn:receive_line(1024)
    expect(line:sub(1, 5) ~= "HTTP/", "HTTP")
    if line ~= "" then
      record.text = line
      return
    end
  end
  expect(false, "empty lines only")
end

return finger
