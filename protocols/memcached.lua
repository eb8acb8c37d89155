-- memcached's text protocol (memcached doc/protocol.txt): asks for the version, then quits.
local expect = require "sonde.expect"

local memcached = {
  name = "memcached", ports = { 11211 }, first = "client", timeout = 5,
  fields = { version = "server version", error = "what came instead of it" },
}

function memcached.handshake(conn, record)
  conn:send "version\r\n"
  local line = conn:receive_line(1024)
  record.version = line:match "^VERSION (.+)$"
  record.error = line:match "^ERROR.*$" or line:match "^CLIENT_ERROR .*$" or line:match "^SERVER_ERROR .*$"
  expect(record.version or record.error, "no answer to version")
  conn:send "quit\r\n"
end

return memcached
