-- Two empty lines: what a person at a terminal tries first. Many line-based servers answer with a telling error.
local newlines = {
  name = "newlines", first = "client", timeout = 5,
  fields = {},
}

function newlines.handshake(conn)
  conn:send "\r\n\r\n"
  conn:peek(1)
end

return newlines
