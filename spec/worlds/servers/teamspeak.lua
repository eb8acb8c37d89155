-- A TeamSpeak 3 server's query port (TeamSpeak 3 Server Query Manual, "Command Syntax", "help", "version", "quit"): it greets.

local OPTIONS = {
  version = "what it answers to version", refuses = "true: tells its version to users only", banned = "true: lets nobody in",
}

local WELCOME = 'Welcome to the TeamSpeak 3 ServerQuery interface, type "help" for a list of commands and "help <command>" ' ..
  "for information on a specific command."
local LINE_MAX = 8192

-- "Escaping".
local function escaped(text)
  return (text:gsub("[\\/ |\n\r\t]", {
    ["\\"] = "\\\\", ["/"] = "\\/", [" "] = "\\s", ["|"] = "\\p", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
  }))
end

local function say(conn, ...) conn:send(table.concat({ ... }, "\n\r"), "\n\r") end
local function error_line(id, text) return ("error id=%d msg=%s"):format(id, escaped(text)) end

-- "Command Syntax": one word of letters, digits and underscores, then parameters.
local function answer(conn, line, options)
  local command = line:match "^([%l%d_]+)$"
  if line == "" then return end
  if command == "version" and options.refuses then return say(conn, error_line(2568, "insufficient client permissions")) end
  if command == "version" then
    return say(conn, options.version or "version=3.0.0-beta16 build=9929 platform=Linux", error_line(0, "ok"))
  end
  if command == "quit" then
    say(conn, error_line(0, "ok"))
    return "close"
  end
  say(conn, error_line(256, "command not found"))
end

local function serve(conn, host)
  if host.options.banned then
    return say(conn, error_line(3329, "connection failed, you are banned") .. " extra_msg=you\\smay\\sretry\\sin\\s600\\sseconds")
  end
  say(conn, "TS3", WELCOME)
  repeat
    local line = conn:receive_until("[\r\n]", LINE_MAX)
    local ending = answer(conn, line:sub(1, -2), host.options)
  until ending
end

return { serve = serve, options = OPTIONS }
