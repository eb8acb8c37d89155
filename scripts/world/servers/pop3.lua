-- A POP3 server (RFC 1939): greets first, often with a timestamp for APOP.

local GREETINGS = {
  { "+OK Dovecot ready.", weight = 9 }, { "+OK Dovecot (Ubuntu) ready.", weight = 5 },
  { "+OK Dovecot (Debian) ready.", weight = 3 }, { "+OK <%d.%d@%s>", weight = 2 },
  { "+OK %3$s Cyrus POP3 v2.4.17 server ready <%1$d.%2$d@%3$s>", weight = 2 },
  { "+OK POP3 server ready <%1$d.%2$d@%3$s>", weight = 3 }, { "+OK Hello there.", weight = 4 },
  { "+OK The Microsoft Exchange POP3 service is ready.", weight = 3 }, { "+OK POP3 ready", weight = 3 },
  { "+OK MailEnable POP3 Server", weight = 1 }, { "-ERR Service temporarily unavailable", weight = 0.3 },
}

-- "%2$s" forms are not Lua's: filled in by hand.
local function greeting(host)
  local text = host:choose("greeting", GREETINGS)
  local values = { host:number("pid", 300, 32000), host:number("time", 1700000000, 1780000000), host:name() }
  local at = 0
  text = text:gsub("%%(%d?)%$?[sd]", function(position)
    at = at + 1
    return tostring(values[tonumber(position) or at])
  end)
  return text
end

local CAPABILITIES =
  "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\nSTLS\r\nUSER\r\nSASL PLAIN\r\n."

local REPLIES = {
  CAPA = CAPABILITIES, USER = "+OK", PASS = "-ERR [AUTH] Authentication failed.",
  STLS = "+OK Begin TLS negotiation now.",
  NOOP = "-ERR Not logged in.", QUIT = "+OK Logging out",
}

local function serve(conn, host)
  local text = greeting(host)
  conn:send(text, "\r\n")
  if text:match "^%-ERR" then return end
  local unknown = text:match "Dovecot" and "-ERR Unknown command." or "-ERR Invalid command."
  for _ = 1, host:number("patience", 3, 10) do
    local verb = conn:receive_line(2048):match("^%s*(%a*)"):upper()
    conn:send(REPLIES[verb] or unknown, "\r\n")
    if verb == "QUIT" or verb == "STLS" then return end
  end
  conn:send "-ERR Too many invalid commands.\r\n"
end

return { serve = serve }
