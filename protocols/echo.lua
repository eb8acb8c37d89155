-- Echo (RFC 862): sends a word drawn at random and expects it back; whatever else answers is something else.
local expect = require "sonde.expect"

local echo = {
  name = "echo", ports = { 7 }, first = "client", timeout = 5, echoes = true,
  fields = {},
}

function echo.handshake(conn)
  local word = ("%02x%02x%02x%02x\r\n"):format(conn:random(4):byte(1, 4))
  conn:send(word)
  expect(conn:receive(#word) == word, "no echo")
end

return echo
