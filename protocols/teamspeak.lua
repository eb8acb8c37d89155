-- TeamSpeak 3 server query (TeamSpeak 3 Server Query Manual, "Using the ServerQuery interface"): it greets first. Sends quit.
local expect = require "sonde.expect"

local teamspeak = {
  name = "teamspeak", ports = { 10011 }, first = "server", timeout = 5,
  fields = { kind = "TS3", banner = "text of the greeting" },
}

function teamspeak.handshake(conn, record)
  expect(conn:peek(3) == "TS3", "no greeting")
  expect(conn:receive_until("\n\r", 64) == "TS3\n\r", "no greeting")
  record.kind = "TS3"
  record.banner = conn:receive_until("\n\r", 2048):sub(1, -3)
  conn:send "quit\n"
end

return teamspeak
