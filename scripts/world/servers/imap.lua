-- An IMAP server (RFC 3501, 9051): greets first, with or without its capabilities.

local CAPABILITIES = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS AUTH=PLAIN"

local GREETINGS = {
  { "* OK [CAPABILITY " .. CAPABILITIES .. "] Dovecot ready.", weight = 8 },
  { "* OK [CAPABILITY " .. CAPABILITIES .. "] Dovecot (Ubuntu) ready.", weight = 5 },
  { "* OK [CAPABILITY " .. CAPABILITIES .. " AUTH=LOGIN] Dovecot (Debian) ready.", weight = 3 },
  { "* OK The Microsoft Exchange IMAP4 service is ready.", weight = 3 },
  { "* OK [CAPABILITY IMAP4 IMAP4rev1 LITERAL+ ID STARTTLS] %s Cyrus IMAP v2.4.17 server ready", weight = 2 },
  { "* OK [CAPABILITY IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=REFERENCES SORT QUOTA IDLE] Courier-IMAP ready.",
    weight = 3 },
  { "* OK IMAP4rev1 %s server ready", weight = 3 }, { "* OK %s IMAP4 server", weight = 2 },
  { "* BYE Connection limit exceeded", weight = 0.3 },
}

local function reply(tag, verb)
  if verb == "CAPABILITY" then
    return "* CAPABILITY " .. CAPABILITIES .. "\r\n" .. tag .. " OK Capability completed."
  elseif verb == "LOGOUT" then
    return "* BYE Logging out\r\n" .. tag .. " OK Logout completed.", true
  elseif verb == "NOOP" then
    return tag .. " OK NOOP completed."
  elseif verb == "STARTTLS" then
    return tag .. " OK Begin TLS negotiation now.", true
  elseif verb == "LOGIN" then
    return tag .. " NO [AUTHENTICATIONFAILED] Authentication failed."
  end
  return tag .. " BAD Error in IMAP command received by server."
end

local function serve(conn, host)
  local greeting = host:choose("greeting", GREETINGS):format(host:name())
  conn:send(greeting, "\r\n")
  if greeting:match "^%* BYE" then return end
  for _ = 1, host:number("patience", 3, 12) do
    local line = conn:receive_line(8192)
    local tag, verb = line:match "^(%S+) (%a+)"
    local text, ends = "* BAD Error in IMAP command received by server.", false
    if tag and #tag <= 32 and not tag:find "[^%w.%-]" then text, ends = reply(tag, verb:upper()) end
    conn:send(text, "\r\n")
    if ends then return end
  end
  conn:send "* BYE Too many invalid IMAP commands.\r\n"
end

return { serve = serve }
