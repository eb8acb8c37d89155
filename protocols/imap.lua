-- IMAP (RFC 9051): reads the greeting, asks for the capabilities (section 6.1.1, allowed before login), LOGOUT.
local expect = require "sonde.expect"

local imap = {
  name = "imap", ports = { 143 }, tls_ports = { 993 }, first = "server", timeout = 8,
  fields = {
    banner = "text of the greeting", greeting = "OK, PREAUTH or BYE", capabilities = "the server's (list of strings)",
  },
}

local GREETINGS = { OK = true, PREAUTH = true, BYE = true }
local LINES_MAX, CAPABILITIES_MAX = 32, 128

local function learn_capabilities(record, text)
  local list = {}
  for capability in text:gmatch "%S+" do
    if #list < CAPABILITIES_MAX then list[#list + 1] = capability end
  end
  record.capabilities = list[1] and list
end

function imap.handshake(conn, record)
  local greeting, text = conn:receive_line():match "^%* (%u+) ?(.*)$"
  expect(GREETINGS[greeting], "no IMAP greeting")
  record.greeting, record.banner = greeting, text
  learn_capabilities(record, text:match "^%[CAPABILITY ([^%]]*)%]" or "")
  if greeting == "BYE" then return end
  conn:send "a1 CAPABILITY\r\n"
  for count = 1, LINES_MAX do
    local line = conn:receive_line()
    if line:find "^a1 " then break end
    expect(count < LINES_MAX and line:sub(1, 2) == "* ", "no IMAP answer")
    local capabilities = line:match "^%* CAPABILITY (.*)$"
    if capabilities then learn_capabilities(record, capabilities) end
  end
  conn:send "a2 LOGOUT\r\n"
end

return imap
