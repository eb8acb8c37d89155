-- TeamSpeak 3 server query (TeamSpeak 3 Server Query Manual, "version" and "quit"): it greets first. Asks for its version, quits.
local expect = require "sonde.expect"

local teamspeak = {
  name = "teamspeak", ports = { 10011 }, first = "server", timeout = 5,
  fields = {
    kind = "TS3", banner = "text of the greeting", version = "server version", build = "its number", platform = "e.g. Linux",
    error = "number of an error (number)", message = "its text",
  },
}

local LINE_MAX, LINES_MAX = 2048, 8
local ESCAPES = { s = " ", p = "|", n = "\n", r = "\r", t = "\t" }   -- "Escaping"; any other stands for itself

local function receive_line(conn)
  return conn:receive_until("\n\r", LINE_MAX):sub(1, -3)
end

-- Whether it was the line that ends every answer.
local function learn_error(record, line)
  local number, text = line:match "^error id=(%d%d?%d?%d?%d?%d?) msg=(%S*)"
  if not number then return false end
  if number ~= "0" then
    record.error = tonumber(number)
    record.message = text:gsub("\\(.)", function(letter) return ESCAPES[letter] or letter end)
  end
  return true
end

function teamspeak.handshake(conn, record)
  local greeting = conn:peek(3)
  if greeting == "err" and learn_error(record, receive_line(conn)) then return end   -- it lets nobody in, or not us
  expect(greeting == "TS3" and conn:receive_until("\n\r", 64) == "TS3\n\r", "no greeting")
  record.kind = "TS3"
  record.banner = receive_line(conn)
  conn:send "version\n"
  for _ = 1, LINES_MAX do
    local line = receive_line(conn)
    record.version = record.version or line:match "^version=(%S+)"
    record.build = record.build or line:match "^version=.* build=(%S+)"
    record.platform = record.platform or line:match "^version=.* platform=(%S+)"
    if learn_error(record, line) then return conn:send "quit\n" end
  end
  expect(false, "an answer without end")
end

return teamspeak
