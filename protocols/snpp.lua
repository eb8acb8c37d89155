-- SNPP (RFC 1861 section 4): a pager gateway greets first. Sends QUIT; nobody is paged.
local expect = require "sonde.expect"

local snpp = {
  name = "snpp", ports = { 444 }, first = "server", timeout = 5,
  fields = { code = "reply code of the greeting (number)", banner = "text of the greeting" },
}

function snpp.handshake(conn, record)
  local code, text = conn:receive_line(1024):match "^([245]%d%d) (.*)$"
  expect(code and text:lower():find("snpp", 1, true), "no SNPP greeting")
  record.code, record.banner = tonumber(code), text
  conn:send "QUIT\r\n"
end

return snpp
