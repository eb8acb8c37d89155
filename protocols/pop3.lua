-- POP3 (RFC 1939): reads the greeting, asks for the capabilities (CAPA, RFC 2449, allowed before login); STLS; QUIT.
local expect = require "sonde.expect"
local words = require "sonde.words"

local pop3 = {
  name = "pop3", ports = { 110 }, tls_ports = { 995 }, first = "server", timeout = 8,
  fields = {
    banner = "text of the greeting", ready = "whether the greeting was +OK (boolean)",
    capabilities = "answer to CAPA (list of strings)", stls = "whether STLS was answered +OK (boolean)",
    tls_capabilities = "answer to CAPA inside TLS (list of strings)",
  },
}

local LINES_MAX = 64

-- The status and text of a reply's first line.
local function receive_status(conn)
  local status, text = conn:receive_line():match "^([+-]%u+) ?(.*)$"
  expect(status == "+OK" or status == "-ERR", "no POP3 reply")
  return status == "+OK", text
end

local function receive_capabilities(conn, record, field)
  conn:send "CAPA\r\n"
  if not receive_status(conn) then return end
  for count = 1, LINES_MAX do
    local line = conn:receive_line()
    if line == "." then return end
    expect(count < LINES_MAX, "endless list of capabilities")
    record[field] = record[field] or {}
    table.insert(record[field], line)
  end
end

function pop3.handshake(conn, record)
  record.ready, record.banner = receive_status(conn)
  if not record.ready then return end
  receive_capabilities(conn, record, "capabilities")
  if words.have(record.capabilities, "STLS") then   -- RFC 2595 section 4
    conn:send "STLS\r\n"
    record.stls = receive_status(conn)
    if record.stls then
      conn:start_tls()
      receive_capabilities(conn, record, "tls_capabilities")
    end
  end
  conn:send "QUIT\r\n"
end

return pop3
