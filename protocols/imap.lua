-- IMAP (RFC 9051): reads the greeting, asks for the capabilities (section 6.1.1, allowed before login); STARTTLS; LOGOUT.
local expect = require "sonde.expect"
local words = require "sonde.words"

local imap = {
  name = "imap", ports = { 143 }, tls_ports = { 993 }, first = "server", timeout = 8,
  fields = {
    banner = "text of the greeting", greeting = "OK, PREAUTH or BYE", capabilities = "the server's (list of strings)",
    starttls = "the server's answer to STARTTLS: OK, NO or BAD", tls_capabilities = "inside TLS (list of strings)",
  },
}

local GREETINGS = { OK = true, PREAUTH = true, BYE = true }
local LINES_MAX, CAPABILITIES_MAX = 32, 128

-- Asks, and reads to the answer's end; gives each untagged CAPABILITY to the field, and returns the answer's status.
local function ask(conn, record, field, tag, command)
  conn:send(tag, " ", command, "\r\n")
  for _ = 1, LINES_MAX do
    local line = conn:receive_line()
    local status = line:match("^" .. tag .. " (%a*)")
    if status then return status:upper() end
    expect(line:sub(1, 2) == "* ", "no IMAP answer")
    local capabilities = line:match "^%* CAPABILITY (.*)$"
    if capabilities then record[field] = words.list(capabilities, CAPABILITIES_MAX) end
  end
  expect(false, "no IMAP answer")
end

function imap.handshake(conn, record)
  local greeting, text = conn:receive_line():match "^%* (%u+) ?(.*)$"
  expect(GREETINGS[greeting], "no IMAP greeting")
  record.greeting, record.banner = greeting, text
  record.capabilities = words.list(text:match "^%[CAPABILITY ([^%]]*)%]" or "", CAPABILITIES_MAX)
  if greeting == "BYE" then return end
  ask(conn, record, "capabilities", "a1", "CAPABILITY")
  local last = "a2"
  if words.have(record.capabilities, "STARTTLS") then
    record.starttls, last = ask(conn, record, "capabilities", "a2", "STARTTLS"), "a3"
    if record.starttls == "OK" then
      conn:start_tls()
      ask(conn, record, "tls_capabilities", "a3", "CAPABILITY")
      last = "a4"
    end
  end
  conn:send(last, " LOGOUT\r\n")
end

return imap
