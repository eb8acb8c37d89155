-- IRC (RFC 2812 section 3.4.3): asks for the VERSION without registering; the answer or the refusal names the server. QUIT.
local expect = require "sonde.expect"

local irc = {
  name = "irc", ports = { 6667, 194 }, tls_ports = { 6697 }, first = "client", timeout = 8,
  fields = {
    host = "the server's name", notice = "text of its first notice", version = "server version",
    code = "number of its answer, 351: version, 451: not registered (number)", error = "text of an ERROR",
  },
}

local LINES_MAX = 16

function irc.handshake(conn, record)
  conn:send "VERSION\r\n"
  expect(conn:peek(1):find "[:NEP]", "no IRC message")
  for _ = 1, LINES_MAX do
    local line = conn:receive_line(1024)
    local host, command, rest = line:match "^:(%S+) (%w+) (.*)$"
    if not host then command, rest = line:match "^(%u+) (.*)$" end
    expect(command == "NOTICE" or command == "ERROR" or command == "PING" or host, "no IRC message")
    record.host = record.host or host
    local text = rest:match ":(.*)$" or rest
    if command == "NOTICE" then record.notice = record.notice or text end
    if command == "ERROR" then
      record.error = text
      return
    end
    if command:find "^%d%d%d$" then
      record.code = tonumber(command)
      if record.code == 351 then record.version = rest:match "^%S+ (%S+)" end
      break
    end
  end
  conn:send "QUIT\r\n"
end

return irc
