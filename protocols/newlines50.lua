-- Fifty line feeds: enough to fill the fixed-size headers of binary protocols that stay silent after a line or two.
local newlines50 = {
  name = "newlines50", first = "client", timeout = 5,
  fields = {},
}

function newlines50.handshake(conn)
  conn:send(("\n"):rep(50))
  conn:peek(1)
end

return newlines50
