-- A Redis server: inline commands and RESP arrays; some in protected mode, some with a password.

local VERSIONS = { "7.2.4", "7.0.15", "6.2.6", "6.0.16", "5.0.7", "4.0.9", "3.2.12", "2.8.17" }

local DENIED = "-DENIED Redis is running in protected mode because protected mode is enabled, no bind address was "
  .. "specified, no authentication password is requested to clients.\r\n"

local function info(host)
  local text = ("# Server\r\nredis_version:%s\r\nredis_mode:standalone\r\nos:Linux 5.%d.0-%d-generic x86_64\r\n")
    :format(host:choose("version", VERSIONS), host:choose("kernel", { 4, 10, 15 }), host:number("build", 20, 150))
    .. ("arch_bits:64\r\nprocess_id:%d\r\ntcp_port:%d\r\nuptime_in_days:%d\r\n")
    :format(host:number("pid", 1, 9000), host.port, host:number("uptime", 0, 800))
  return ("$%d\r\n%s\r\n"):format(#text, text)
end

-- The words of one command; nil when the connection is to be closed without a word, "" for an empty line.
local function receive_command(conn)
  local line = conn:receive_line(65536)
  local count = tonumber(line:match "^%*(%d+)$")
  if not count then return line end
  if count > 64 then return nil end
  local words = {}
  for i = 1, count do
    local size = tonumber(conn:receive_line(64):match "^%$(%d+)$")
    if not size or size > 4096 then return nil end
    words[i] = conn:receive(size)
    conn:receive(2)
  end
  return table.concat(words, " ")
end

local function reply(host, words, locked)
  local verb, rest = words:match "^%s*(%S*)%s*(.*)$"
  local upper = verb:upper()
  if upper == "POST" or upper == "HOST:" then return nil end -- a web browser was made to talk to it: it hangs up
  if upper == "QUIT" then return "+OK\r\n", true end
  if upper == "AUTH" then return "-ERR invalid password\r\n" end
  if locked then return "-NOAUTH Authentication required.\r\n" end
  if upper == "PING" then return rest == "" and "+PONG\r\n" or ("$%d\r\n%s\r\n"):format(#rest, rest) end
  if upper == "INFO" then return info(host) end
  if upper == "GET" then
    if rest:find " " then return "-ERR wrong number of arguments for 'get' command\r\n" end
    return "$-1\r\n"
  end
  return ("-ERR unknown command '%s'\r\n"):format(verb:sub(1, 128):gsub("[%c\128-\255]", "."))
end

local function serve(conn, host)
  if host:chance("protected", 0.1) then
    conn:send(DENIED)
    return
  end
  local locked = host:chance("password", 0.55)
  while true do
    local words = receive_command(conn)
    if not words then
      conn:send "-ERR Protocol error: invalid multibulk length\r\n"
      return
    end
    if words ~= "" then
      local text, ends = reply(host, words, locked)
      if not text then return end
      conn:send(text)
      if ends then return end
    end
  end
end

-- Chances a world may set.
local OPTIONS = {
  password = "share that lets nobody in without one",
  protected = "share in protected mode",
}

local function complain(conn)
  conn:send "-ERR Protocol error: unbalanced quotes in request\r\n"
end

return { serve = serve, complain = { tls = complain, newlines = complain }, options = OPTIONS }
