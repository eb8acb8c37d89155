-- SMTP (RFC 5321): reads the greeting, says EHLO with a name nobody can have (RFC 2606), lists the extensions; STARTTLS; QUIT.
local expect = require "sonde.expect"
local words = require "sonde.words"

local smtp = {
  name = "smtp", ports = { 25, 587 }, tls_ports = { 465 }, first = "server", timeout = 10,
  fields = {
    banner = "text of the greeting, lines joined with LF", code = "reply code of the greeting (number)",
    ehlo = "the server's name and what it says with it", ehlo_code = "reply code to EHLO (number)",
    extensions = "offered in answer to EHLO (list of strings)", starttls_code = "reply code to STARTTLS (number)",
    tls_extensions = "offered in answer to EHLO inside TLS (list of strings)",
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

-- EHLO (section 4.1.1.1): the code, the name and what comes with it, the extensions by the given field.
local function receive_extensions(conn, record, field)
  local ehlo
  conn:send "EHLO sonde.invalid\r\n"
  receive_reply(conn, function(code, text)
    if not ehlo then
      ehlo = text
      if field == "extensions" then record.ehlo, record.ehlo_code = text, code end
    elseif code == 250 then
      record[field] = record[field] or {}
      table.insert(record[field], text)
    end
  end)
end

function smtp.handshake(conn, record)
  receive_reply(conn, function(code, text)
    record.code, record.banner = code, record.banner and record.banner .. "\n" .. text or text
  end)
  if record.code ~= 220 then return end
  receive_extensions(conn, record, "extensions")
  if words.have(record.extensions, "STARTTLS") then   -- RFC 3207 section 4
    conn:send "STARTTLS\r\n"
    receive_reply(conn, function(code) record.starttls_code = code end)
    if record.starttls_code == 220 then
      conn:start_tls()
      receive_extensions(conn, record, "tls_extensions")
    end
  end
  conn:send "QUIT\r\n"
end

return smtp
