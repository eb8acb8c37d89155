-- POP3 (RFC 1939): reads the greeting, asks for the capabilities (CAPA, RFC 2449, allowed before login), QUIT.
local expect = require "sonde.expect"

local pop3 = {
  name = "pop3", ports = { 110 }, tls_ports = { 995 }, first = "server", timeout = 8,
  fields = {
    banner = "text of the greeting", ready = "whether the greeting was +OK (boolean)",
    capabilities = "answer to CAPA (list of strings)",
  },
}

local LINES_MAX = 64

-- The status and text of a reply's first line.
local function receive_status(conn)
  local status, text = conn:receive_line():match "^([+-]%u+) ?(.*)$"
  expect(status == "+OK" or status == "-ERR", "no POP3 reply")
  return status == "+OK", text
end

function pop3.handshake(conn, record)
  record.ready, record.banner = receive_status(conn)
  if not record.ready then return end
  conn:send "CAPA\r\n"
  if receive_status(conn) then
    for count = 1, LINES_MAX do
      local line = conn:receive_line()
      if line == "." then break end
      expect(count < LINES_MAX, "endless list of capabilities")
      record.capabilities = record.capabilities or {}
      table.insert(record.capabilities, line)
    end
  end
  conn:send "QUIT\r\n"
end

return pop3
