-- Waiting: many servers speak first, and then nothing needs to be asked. Sends nothing and leaves the bytes in place.
local wait = {
  name = "wait", first = "server", timeout = 5,
  fields = {},
}

function wait.handshake(conn)
  conn:peek(1)
end

return wait
