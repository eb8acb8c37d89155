-- upsd, as far as it speaks without a login (RFC 9271).
local ARGUMENTS = { GET = true, LIST = true, HELP = true }

local function answer(command, version)
  local verb = command:match "^%S*"
  if command == "VER" then return "Network UPS Tools upsd " .. version .. " - http://www.networkupstools.org/\n" end
  if command == "LOGOUT" then return "OK Goodbye\n", true end
  return ARGUMENTS[verb] and "ERR INVALID-ARGUMENT\n" or "ERR UNKNOWN-COMMAND\n"
end

local function serve(conn, host)
  local last
  repeat
    local text
    text, last = answer(conn:receive_line(512), host.options.version)
    conn:send(text)
  until last
end

return { serve = serve, options = { version = "the version it says" } }
