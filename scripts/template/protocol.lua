-- NAME (RFC or specification): what the handshake sends, and what it learns from the answer.
local expect = require "sonde.expect"

local protocol = {
  name = "NAME",
  ports = {},           -- those assigned to it, its own first: { 3493 }
  first = "server",     -- who speaks first: "client" where the server waits for a question
  fields = {            -- what is learnt: name -> description; it ends with "(number)" or "(boolean)" where it is no string
    banner = "the server's first line",
    version = "version of the server",
  },
}

-- Reads as the conversation does: each receive waits, and raises when the time is over or the connection ends. Nothing needs
-- to be caught, and what is in `record` by then is kept. Ask for nothing that needs a login, or that changes the server.
function protocol.handshake(conn, record)
  -- conn:send "VERSION\r\n"                      -- where the client speaks first
  record.banner = conn:receive_line()             -- also: receive(n), receive_until(pattern, max), receive_some()
  record.version = expect(record.banner:match "^NAME (%S+)", "no greeting of NAME")   -- else: this is not the protocol
end

return protocol
