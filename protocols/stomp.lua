-- STOMP 1.2 ("Protocol Negotiation"): names a version that nobody speaks; the ERROR due for that lists the server's own.
-- No session is opened.
local expect = require "sonde.expect"

local stomp = {
  name = "stomp", ports = { 61613 }, first = "client", timeout = 5,
  fields = {
    command = "the answer's kind, ERROR or CONNECTED", versions = "that it speaks (list of strings)",
    server = "its name and version", message = "short text of the error",
  },
}

local HEADERS_MAX, VERSIONS_MAX = 32, 8

local learn = {}

function learn.version(record, value)
  local versions = {}
  for version in value:gmatch "[%d.]+" do
    if #versions < VERSIONS_MAX then versions[#versions + 1] = version end
  end
  record.versions = versions[1] and versions
end

function learn.server(record, value) record.server = value end
function learn.message(record, value) record.message = value end

function stomp.handshake(conn, record)
  conn:send("CONNECT\naccept-version:0.0\nhost:", conn.host, "\n\n\0")
  local start = conn:peek(5)
  expect(start == "ERROR" or start == "CONNE", "no frame")
  local command = conn:receive_line(16)
  expect(command == "ERROR" or command == "CONNECTED", "no frame")
  record.command = command
  for _ = 1, HEADERS_MAX do
    local line = conn:receive_line()
    if line == "" then return end
    local name, value = line:match "^([^:]+):(.*)$"
    expect(name, "no header")
    if learn[name] then learn[name](record, value) end
  end
  expect(false, "too many headers")
end

return stomp
