-- An FTP server (RFC 959): greets first, wants a name and a password nobody has.

local SOFTWARE = {
  { weight = 9, text = "220 (vsFTPd 3.0.3)", refuse = "530 Please login with USER and PASS." },
  { weight = 4, text = "220 (vsFTPd 3.0.5)", refuse = "530 Please login with USER and PASS." },
  { weight = 3, text = "220 (vsFTPd 2.2.2)", refuse = "530 Please login with USER and PASS." },
  { weight = 4, text = "220 ProFTPD 1.3.5e Server (%s) [%s]", refuse = "530 Please login with USER and PASS" },
  { weight = 4, text = "220 ProFTPD Server ready." },
  { weight = 8, text = "220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n" ..
      "220-You are user number 1 of 50 allowed.\r\n220-Local time is now 10:42. Server port: 21.\r\n" ..
      "220-This is a private system - No anonymous login\r\n" ..
      "220 You will be disconnected after 15 minutes of inactivity.", refuse = "530 You aren't logged in" },
  { weight = 5, text = "220 Microsoft FTP Service", refuse = "530 Please login with USER and PASS." },
  { weight = 2, text = "220-FileZilla Server 0.9.60 beta\r\n220 Please visit our site" },
  { weight = 2, text = "220-FileZilla Server 1.8.1\r\n220 Please login" },
  { weight = 1, text = "220 %s FTP server (Version 6.4/OpenBSD) ready." },
  { weight = 1, text = "220 %s FTP server (GNU inetutils 2.4) ready." },
  { weight = 4, text = "220 FTP server ready" },
  { weight = 3, text = "220 Welcome to the NAS FTP server" },
  { weight = 4, text = "220 Router FTP server (MikroTik 6.49) ready" },
  { weight = 1, text = "421 Too many connections from your address.", ends = true },
}

local function replies(host, software)
  return {
    USER = "331 Please specify the password.", PASS = "530 Login incorrect.", SYST = "215 UNIX Type: L8",
    FEAT = "211-Features:\r\n EPRT\r\n EPSV\r\n MDTM\r\n PASV\r\n SIZE\r\n UTF8\r\n211 End",
    AUTH = host:chance("tls", 0.4) and "234 Proceed with negotiation." or "502 Command not implemented.",
    NOOP = "200 NOOP ok.", HELP = "214 Help OK.", QUIT = "221 Goodbye.",
    refuse = software.refuse or "500 Unknown command.",
  }
end

local function serve(conn, host)
  local software = host:choose("software", SOFTWARE)
  conn:send(software.text:format(host:name(), host.address), "\r\n")
  if software.ends then return end
  local known = replies(host, software)
  for _ = 1, 20 do
    local verb = conn:receive_line(4096):match "^%s*(%a+)"
    verb = verb and verb:upper() or ""
    conn:send(known[verb] or known.refuse, "\r\n")
    if verb == "QUIT" or verb == "AUTH" and known.AUTH:match "^234" then return end
  end
  conn:send "421 Too many errors.\r\n"
end

-- Chances a world may set.
local OPTIONS = {
  tls = "share that knows AUTH TLS",
}

return { serve = serve, options = OPTIONS }
