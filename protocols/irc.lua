-- IRC (RFC 2812 section 3; IRCv3, "Capability Negotiation" and "tls"): asks for VERSION and capabilities; STARTTLS; QUIT.
-- Registers nobody: the answers, or refusals, name the server. Where it says nothing to anybody unregistered, NICK without a
-- name is still part of registering, and refused (RFC 2812 section 3.1.2).
local expect = require "sonde.expect"
local words = require "sonde.words"

local irc = {
  name = "irc", ports = { 6667, 194 }, tls_ports = { 6697 }, first = "client", timeout = 8,
  fields = {
    host = "the server's name", notice = "text of its first notice", version = "server version",
    code = "number of its first answer, 351: version, 451: not registered, 431: it gives no other (number)",
    error = "text of an ERROR", capabilities = "it offers (list of strings)",
    starttls_code = "answer to STARTTLS, 670: go on (number)",
  },
}

local LINES_MAX, CAPABILITIES_MAX = 32, 64
local VERSION, ERRORS, NO_NICKNAME, TLS = 351, 400, 431, 670   -- ERRORS: numbers from here on refuse

-- Reads the answers to `count` commands, or up to the one to NICK: the last one's number; nil after an ERROR.
local function receive_answers(conn, record, count)
  for _ = 1, LINES_MAX do
    local line = conn:receive_line(1024)
    local host, command, rest = line:match "^:(%S+) (%w+) (.*)$"
    if not host then command, rest = line:match "^(%u+) (.*)$" end
    expect(command == "NOTICE" or command == "ERROR" or command == "PING" or host, "no IRC message")
    record.host = record.host or host
    local number, text = tonumber(command:match "^%d%d%d$"), rest:match ":(.*)$" or rest
    if command == "NOTICE" then record.notice = record.notice or text end
    if command == "CAP" then record.capabilities = words.list(rest:match "^%S+ LS :(.*)$" or "", CAPABILITIES_MAX) end
    if number == VERSION then record.version = rest:match "^%S+ (%S+)" end
    if command == "ERROR" then
      record.error = text
      return nil
    end
    if command == "CAP" or number and (number == VERSION or number >= ERRORS) then
      record.code, count = record.code or number, count - 1
      if count == 0 or number == NO_NICKNAME then return number or 0 end
    end
  end
  expect(false, "no answer among many lines")
end

function irc.handshake(conn, record)
  conn:send "VERSION\r\nCAP LS\r\nNICK\r\n"
  expect(conn:peek(1):find "[:NEP]", "no IRC message")
  local open = receive_answers(conn, record, 3)
  if open and words.have(record.capabilities, "tls") then
    conn:send "STARTTLS\r\n"
    open = receive_answers(conn, record, 1)
    record.starttls_code = open
    if open == TLS then conn:start_tls() end
  end
  if open then conn:send "QUIT\r\n" end
end

return irc
