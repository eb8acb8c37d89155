-- An SMTP server (RFC 5321): greets first; some greet late, some refuse strangers.

local SOFTWARE = {
  { weight = 12, text = "%s ESMTP Postfix", kind = "postfix" },
  { weight = 8, text = "%s ESMTP Postfix (Ubuntu)", kind = "postfix" },
  { weight = 6, text = "%s ESMTP Postfix (Debian/GNU)", kind = "postfix" },
  { weight = 9, text = "%s ESMTP Exim 4.96 %s", kind = "exim" },
  { weight = 6, text = "%s ESMTP Exim 4.94.2 %s", kind = "exim" },
  { weight = 3, text = "%s ESMTP Sendmail 8.14.4/8.14.4; %s", kind = "sendmail" },
  { weight = 2, text = "%s ESMTP Sendmail 8.17.1/8.17.1; %s", kind = "sendmail" },
  { weight = 4, text = "%s Microsoft ESMTP MAIL Service ready at %s", kind = "exchange" },
  { weight = 1, text = "%s ESMTP OpenSMTPD", kind = "opensmtpd" },
  { weight = 5, text = "%s ESMTP", kind = "plain" },
  { weight = 2, text = "%s ready", kind = "plain" },
  { weight = 1, text = "%s Mail Server ready", kind = "plain" },
  { weight = 1, text = "%s Service ready at %s", kind = "exchange" },
  { weight = 1, text = "%s ESMTP Haraka/2.8.28 ready", kind = "plain" },
}

local UNKNOWN = {
  postfix = "502 5.5.2 Error: command not recognized", exim = "500 unrecognized command",
  sendmail = "500 5.5.1 Command unrecognized", exchange = "500 5.3.3 Unrecognized command",
  opensmtpd = "500 5.5.1 Invalid command: Command unrecognized", plain = "500 Syntax error, command unrecognized",
}

local function extensions(host, name)
  local lines = { name, "PIPELINING", "SIZE " .. host:choose("size", { 10240000, 52428800, 33554432 }), "8BITMIME" }
  if host:chance("tls", 0.8) then table.insert(lines, 3, "STARTTLS") end
  for i = 1, #lines do lines[i] = (i < #lines and "250-" or "250 ") .. lines[i] end
  return table.concat(lines, "\r\n")
end

local function reply(host, software, name, verb, rest)
  if verb == "EHLO" then return extensions(host, name) end
  if verb == "HELO" then return "250 " .. name end
  if verb == "NOOP" or verb == "RSET" then return "250 2.0.0 Ok" end
  if verb == "QUIT" then return "221 2.0.0 Bye", true end
  if verb == "STARTTLS" and host:chance("tls", 0.8) then return "220 2.0.0 Ready to start TLS", true end
  if verb == "MAIL" then return "530 5.7.0 Authentication required" end
  if verb == "HELP" and software.kind == "exim" then
    return "214-Commands supported:\r\n214 AUTH HELO EHLO MAIL RCPT DATA"
  end
  if software.kind == "postfix" and (verb == "GET" or verb == "POST" or rest:match "^%s*HTTP/") then
    return "221 2.7.0 Error: I can break rules, too. Goodbye.", true
  end
  return UNKNOWN[software.kind]
end

local function names_itself(software)
  return software.text:find("SMTP", 1, true) ~= nil
end

local function serve(conn, host)
  local software, name = host:prefer("names", SOFTWARE, names_itself), host:name()
  if host:chance("slow", 0.12) then conn:sleep(host:number("delay", 2, 12)) end
  if host:chance("refuses", 0.03) then
    conn:send("554 5.7.1 ", name, " You are not welcome here\r\n")
    return
  end
  conn:send("220 ", software.text:format(name, host:date()), "\r\n")
  for _ = 1, 20 do
    local verb, rest = conn:receive_line(4096):match "^%s*(%a*)(.*)"
    local text, ends = reply(host, software, name, verb:upper(), rest)
    conn:send(text, "\r\n")
    if ends then return end
  end
  conn:send "421 4.7.0 Error: too many errors\r\n"
end

-- Chances a world may set.
local OPTIONS = {
  names = "share whose greeting says SMTP",
  refuses = "share that greets strangers with an error",
  slow = "share that greets late",
  tls = "share that offers STARTTLS",
}

return { serve = serve, options = OPTIONS }
