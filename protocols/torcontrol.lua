-- Tor's control port (control-spec, "PROTOCOLINFO"): asks the one question that needs no authentication, then QUIT.
local expect = require "sonde.expect"

local torcontrol = {
  name = "torcontrol", ports = { 9051 }, first = "client", timeout = 5,
  fields = { version = "Tor's version", methods = "of authentication (list of strings)", error = "what came instead" },
}

local LINES_MAX, METHODS_MAX = 16, 16

function torcontrol.handshake(conn, record)
  conn:send "PROTOCOLINFO 1\r\n"
  expect(conn:peek(1):find "[25]", "no reply")
  for _ = 1, LINES_MAX do
    local code, more, text = conn:receive_line(1024):match "^(%d%d%d)([ -])(.*)$"
    expect(code == "250" or code and code:find "^5", "no reply")
    if code ~= "250" then
      record.error = text
      return
    end
    record.version = record.version or text:match '^VERSION Tor="([^"]*)"'
    local methods = text:match "^AUTH METHODS=(%S+)"
    for method in (methods or ""):gmatch "[^,]+" do
      record.methods = record.methods or {}
      if #record.methods < METHODS_MAX then table.insert(record.methods, method) end
    end
    if more == " " then break end
  end
  expect(record.version or record.methods, "no protocol information")
  conn:send "QUIT\r\n"
end

return torcontrol
