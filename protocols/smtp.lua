-- SMTP (RFC 5321): reads the greeting, says EHLO with a name nobody can have (RFC 2606), lists the extensions, QUIT.
local expect = require "sonde.expect"

local smtp = {
  name = "smtp", ports = { 25, 587 }, tls_ports = { 465 }, first = "server", timeout = 10,
  fields = {
    banner = "text of the greeting, lines joined with LF", code = "reply code of the greeting (number)",
    ehlo = "the server's name and what it says with it", ehlo_code = "reply code to EHLO (number)",
    extensions = "offered in answer to EHLO (list of strings)",
  },
}

local LINES_MAX = 64

-- One reply (section 4.2.1): every line has the code, all but the last a hyphen. Calls learn(code, text) for each line.
local function receive_reply(conn, learn)
  for _ = 1, LINES_MAX do
    local code, more, text = conn:receive_line():match "^(%d%d%d)([ -]?)(.*)$"
    expect(code, "no SMTP reply")
    learn(tonumber(code), text)
    if more ~= "-" then return end
  end
  expect(false, "endless SMTP reply")
end

function smtp.handshake(conn, record)
  receive_reply(conn, function(code, text)
    record.code, record.banner = code, record.banner and record.banner .. "\n" .. text or text
  end)
  if record.code ~= 220 then return end
  conn:send "EHLO sonde.invalid\r\n"
  receive_reply(conn, function(code, text)
    record.ehlo_code = code
    if not record.ehlo then
      record.ehlo = text
    elseif code == 250 then
      record.extensions = record.extensions or {}
      table.insert(record.extensions, text)
    end
  end)
  conn:send "QUIT\r\n"
end

return smtp
