-- NNTP (RFC 3977 sections 5.1 and 5.2): reads the greeting, asks for the capabilities; STARTTLS (RFC 4642); QUIT.
local expect = require "sonde.expect"

local nntp = {
  name = "nntp", ports = { 119 }, tls_ports = { 563 }, first = "server", timeout = 8,
  fields = {
    code = "of the greeting, 200: posting allowed, 201: not (number)", banner = "text of the greeting",
    capabilities = "one string a line (list of strings)", implementation = "server software as the capabilities say",
    starttls_code = "reply code to STARTTLS (number)", tls_capabilities = "inside TLS (list of strings)",
  },
}

local GREETINGS = { ["200"] = true, ["201"] = true, ["400"] = true, ["502"] = true, ["480"] = true, ["503"] = true }
local LINES_MAX = 64

-- Gives the capabilities to the field; returns whether TLS is among them.
local function receive_capabilities(conn, record, field)
  local offered = false
  conn:send "CAPABILITIES\r\n"
  if conn:receive_line():sub(1, 3) ~= "101" then return false end
  for _ = 1, LINES_MAX do
    local line = conn:receive_line()
    if line == "." then return offered end
    record[field] = record[field] or {}
    table.insert(record[field], line)
    record.implementation = record.implementation or line:match "^IMPLEMENTATION (.+)$"
    offered = offered or line:upper() == "STARTTLS"
  end
  expect(false, "endless capabilities")
end

function nntp.handshake(conn, record)
  local code, text = conn:receive_line():match "^(%d%d%d) ?(.*)$"
  expect(GREETINGS[code], "no NNTP greeting")
  record.code, record.banner = tonumber(code), text
  if record.code >= 400 then return end
  if receive_capabilities(conn, record, "capabilities") then
    conn:send "STARTTLS\r\n"
    record.starttls_code = tonumber(expect(conn:receive_line():match "^%d%d%d", "no NNTP reply"))
    if record.starttls_code == 382 then
      conn:start_tls()
      receive_capabilities(conn, record, "tls_capabilities")
    end
  end
  conn:send "QUIT\r\n"
end

return nntp
