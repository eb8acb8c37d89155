-- IRC (RFC 2812 section 3.4.3; IRCv3, "Capability Negotiation" and "tls"): asks for VERSION and capabilities; STARTTLS; QUIT.
-- Registers nobody: the answer, or the refusal, names the server.
local expect = require "sonde.expect"

local irc = {
  name = "irc", ports = { 6667, 194 }, tls_ports = { 6697 }, first = "client", timeout = 8,
  fields = {
    host = "the server's name", notice = "text of its first notice", version = "server version",
    code = "number of its answer, 351: version, 451: not registered (number)", error = "text of an ERROR",
    capabilities = "it offers (list of strings)", starttls_code = "answer to STARTTLS, 670: go on (number)",
  },
}

local LINES_MAX, CAPABILITIES_MAX = 32, 64
local ERRORS = 400   -- numbers from here on refuse; those below may tell more about the version

-- Reads lines up to one that answers with a number of at least `least`, or as CAP: returns its command and what follows; nil
-- after an ERROR.
local function receive_answer(conn, record, least)
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
      return nil
    end
    if command == "CAP" or command:find "^%d%d%d$" and tonumber(command) >= least then return command, rest end
  end
  expect(false, "no answer among many lines")
end

local function learn_capabilities(record, text)
  local list, offered = {}, false
  for capability in text:gmatch "%S+" do
    if #list < CAPABILITIES_MAX then list[#list + 1] = capability end
    offered = offered or capability == "tls"
  end
  record.capabilities = list[1] and list
  return offered
end

function irc.handshake(conn, record)
  conn:send "VERSION\r\n"
  expect(conn:peek(1):find "[:NEP]", "no IRC message")
  local command, rest = receive_answer(conn, record, 0)
  if not command then return end
  record.code = tonumber(command)
  if record.code == 351 then record.version = rest:match "^%S+ (%S+)" end
  conn:send "CAP LS\r\n"
  command, rest = receive_answer(conn, record, ERRORS)
  if command == "CAP" and learn_capabilities(record, rest:match "^%S+ LS :(.*)$" or "") then
    conn:send "STARTTLS\r\n"
    command = receive_answer(conn, record, ERRORS)
    record.starttls_code = tonumber(command)
    if record.starttls_code == 670 then conn:start_tls() end
  end
  if command then conn:send "QUIT\r\n" end
end

return irc
