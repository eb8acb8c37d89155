-- Daytime (RFC 867): the server tells date and time in words, and closes. Sends nothing.
local expect = require "sonde.expect"

local daytime = {
  name = "daytime", ports = { 13 }, first = "server", timeout = 5,
  fields = { date = "as the server says it" },
}

function daytime.handshake(conn, record)
  local line = conn:receive_line(256)
  if line == "" then line = conn:receive_line(256) end   -- NIST's servers begin with an empty one
  record.date = expect(line:find "%d%d?:%d%d" and line, "no time of day")
end

return daytime
