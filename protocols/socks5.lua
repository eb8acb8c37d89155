-- SOCKS 5 (RFC 1928 section 3): offers the method "no authentication" alone, reads the choice; asks for no connection.
local expect = require "sonde.expect"

local socks5 = {
  name = "socks5", ports = { 1080 }, first = "client", timeout = 5,
  fields = {
    method = "the method chosen, 255: none of ours (number)", open = "whether it asks for no login (boolean)",
  },
}

local VERSION, NONE = "\5", "\0"

function socks5.handshake(conn, record)
  conn:send(VERSION, "\1", NONE)
  expect(conn:peek(1) == VERSION, "no SOCKS 5")
  local _, method = conn:receive(2):byte(1, 2)
  record.method, record.open = method, method == 0
end

return socks5
