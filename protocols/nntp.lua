-- NNTP (RFC 3977 sections 5.1 and 5.2): reads the greeting, asks for the capabilities, takes its leave.
local expect = require "sonde.expect"

local nntp = {
  name = "nntp", ports = { 119 }, first = "server", timeout = 8,
  fields = {
    code = "of the greeting, 200: posting allowed, 201: not (number)", banner = "text of the greeting",
    capabilities = "one string a line (list of strings)", implementation = "server software as the capabilities say",
  },
}

local GREETINGS = { ["200"] = true, ["201"] = true, ["400"] = true, ["502"] = true, ["480"] = true }
local LINES_MAX = 64

function nntp.handshake(conn, record)
  local code, text = conn:receive_line():match "^(%d%d%d) ?(.*)$"
  expect(GREETINGS[code], "no NNTP greeting")
  record.code, record.banner = tonumber(code), text
  if record.code >= 400 then return end
  conn:send "CAPABILITIES\r\n"
  if conn:receive_line():sub(1, 3) == "101" then
    for count = 1, LINES_MAX do
      local line = conn:receive_line()
      if line == "." then break end
      expect(count < LINES_MAX, "endless capabilities")
      record.capabilities = record.capabilities or {}
      table.insert(record.capabilities, line)
      record.implementation = record.implementation or line:match "^IMPLEMENTATION (.+)$"
    end
  end
  conn:send "QUIT\r\n"
end

return nntp
