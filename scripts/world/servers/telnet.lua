-- A Telnet server (RFC 854): negotiates options at once and asks for a login.

local DO_TTYPE_SPEED = "\255\253\24\255\253\32\255\253\35\255\253\39" -- DO terminal type, speed, X display, environment
local WILL_ECHO_SGA = "\255\251\1\255\251\3" -- WILL echo, suppress go-ahead
local DO_ECHO_WINDOW = "\255\253\1\255\253\31\255\251\1\255\251\3"

local CISCO = WILL_ECHO_SGA .. "\255\253\24\255\253\31"

local SYSTEMS = {
  { weight = 12, options = DO_ECHO_WINDOW, text = "\r\n%s login: " }, -- BusyBox telnetd
  { weight = 6, options = DO_ECHO_WINDOW, text = "\r\r\nlogin: " },
  { weight = 3, options = DO_TTYPE_SPEED, later = "Debian GNU/Linux 12\r\n%s login: " },
  { weight = 2, options = DO_TTYPE_SPEED, later = "Ubuntu 18.04.6 LTS\r\n%s login: " },
  { weight = 8, options = CISCO, text = "\r\n\r\nUser Access Verification\r\n\r\nUsername: " },
  { weight = 5, options = CISCO, text = "\r\n\r\nUser Access Verification\r\n\r\nPassword: " },
  { weight = 5, options = WILL_ECHO_SGA,
    text = "\r\nWarning: Telnet is not a secure protocol.\r\n\r\nLogin authentication\r\n\r\n\r\nUsername:" },
  { weight = 5, options = "\255\253\24\255\253\32\255\251\1\255\253\31",
    text = "MikroTik v6.48.6 (long-term)\r\nLogin: " },
  { weight = 6, options = WILL_ECHO_SGA, text = "\r\nBroadband Router\r\nLogin: " },
  { weight = 3, options = WILL_ECHO_SGA, text = "Account:" },
  { weight = 3, options = "", text = "\r\nPassword: " },
  { weight = 3, options = WILL_ECHO_SGA, text = "Welcome to the terminal server of %s\r\n\r\n> " },
  { weight = 1, options = "\255\251\1", text = "\r\nConnection refused by access list\r\n", ends = true },
}

-- Of the first words, before any answer to options.
local function asks_who(system)
  local text = (system.text or ""):lower()
  return text:find "login" ~= nil or text:find "user" ~= nil
end

local function serve(conn, host)
  local system = host:prefer("asks", SYSTEMS, asks_who)
  local name = host:name():match "^[^.]+"
  if system.later then
    -- inetutils waits for an answer to its options before it says more.
    conn:send(system.options)
    conn:receive_some()
    conn:send("\255\251\3\255\253\1\r\n", (system.later:format(name)))
  else
    conn:send(system.options, (system.text:format(name)))
  end
  if system.ends then return end
  for _ = 1, 3 do
    conn:receive_until("[\r\n]", 1024)
    conn:send "\r\nPassword: "
    conn:receive_until("[\r\n]", 1024)
    conn:sleep(1)
    conn:send "\r\nLogin incorrect\r\nlogin: "
  end
end

-- Chances a world may set.
local OPTIONS = {
  asks = "share whose first words ask for a login or user",
}

return { serve = serve, options = OPTIONS }
