-- RTSP 1.0 (RFC 2326 section 10.1): asks for the OPTIONS of the server as a whole, of no stream in particular.
local expect = require "sonde.expect"

local rtsp = {
  name = "rtsp", ports = { 554, 8554 }, first = "client", timeout = 5,
  fields = {
    protocol_version = "e.g. 1.0", status = "status code (number)", reason = "reason phrase",
    server = "the Server header", methods = "the Public header (list of strings)",
  },
}

local HEADERS_MAX, METHODS_MAX = 64, 32

local function learn_methods(record, value)
  local list = {}
  for method in value:gmatch "[^%s,]+" do
    if #list < METHODS_MAX then list[#list + 1] = method end
  end
  record.methods = list[1] and list
end

function rtsp.handshake(conn, record)
  conn:send "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Sonde/0.1 (Internet measurement)\r\n\r\n"
  expect(conn:peek(5) == "RTSP/", "no RTSP status line")
  local version, status, reason = conn:receive_line():match "^RTSP/(%d%.%d) (%d%d%d) ?(.*)$"
  expect(version, "no RTSP status line")
  record.protocol_version, record.status, record.reason = version, tonumber(status), reason
  for _ = 1, HEADERS_MAX do
    local line = conn:receive_line()
    if line == "" then return end
    local name, value = line:match "^([^%s:]+):[ \t]*(.*)$"
    name = name and name:lower()
    if name == "server" then record.server = value end
    if name == "public" then learn_methods(record, value) end
  end
  expect(false, "too many header fields")
end

return rtsp
