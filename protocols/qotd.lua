-- Quote of the day (RFC 865): the server sends a short text, and closes. Sends nothing.
local expect = require "sonde.expect"

local qotd = {
  name = "qotd", ports = { 17 }, first = "server", timeout = 5,
  fields = { quote = "first line of it" },
}

local EMPTY_MAX, QUOTE_MAX = 4, 512

function qotd.handshake(conn, record)
  for _ = 0, EMPTY_MAX do
    local line = conn:receive_line(QUOTE_MAX)
    expect(line:sub(1, 5) ~= "HTTP/", "HTTP")
    if line ~= "" then
      record.quote = line
      return
    end
  end
  expect(false, "empty lines only")
end

return qotd
