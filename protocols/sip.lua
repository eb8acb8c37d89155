-- SIP over TCP (RFC 3261 section 11): asks for the OPTIONS of the server itself.
-- With Max-Forwards 0, so that no one else is asked.
local expect = require "sonde.expect"
local words = require "sonde.words"

local sip = {
  name = "sip", ports = { 5060 }, tls_ports = { 5061 }, first = "client", timeout = 5,
  fields = {
    status = "status code (number)", reason = "reason phrase", server = "the Server header",
    user_agent = "the User-Agent header", methods = "the Allow header (list of strings)",
    supported = "the Supported header",
  },
}

local HEADERS_MAX, METHODS_MAX, INTERIM_MAX = 64, 32, 4

local learn = {
  server = function(record, value) record.server = value end,
  ["user-agent"] = function(record, value) record.user_agent = value end,
  supported = function(record, value) record.supported = value end,
  allow = function(record, value)   -- may come in several fields
    record.methods = words.list(table.concat(record.methods or {}, ",") .. "," .. value, METHODS_MAX, "[^%s,]+")
  end,
}

-- Reads one answer; false where it is a provisional one (section 7.2), of which nothing is kept.
local function receive_answer(conn, record)
  local status, reason = conn:receive_line():match "^SIP/2%.0 (%d%d%d) ?(.*)$"
  expect(status, "no SIP status line")
  local final = status:sub(1, 1) ~= "1"
  if final then record.status, record.reason = tonumber(status), reason end
  for _ = 1, HEADERS_MAX do
    local line = conn:receive_line()
    if line == "" then return final end
    local name, value = line:match "^([^%s:]+)[ \t]*:[ \t]*(.*)$"
    name = name and name:lower()
    if final and learn[name] then learn[name](record, value) end
  end
  expect(false, "too many header fields")
end

function sip.handshake(conn, record)
  local host = conn.host:find(":", 1, true) and "[" .. conn.host .. "]" or conn.host
  local id = ("%02x%02x%02x%02x%02x%02x"):format(conn:random(6):byte(1, 6))
  conn:send("OPTIONS sip:", host, " SIP/2.0\r\nVia: SIP/2.0/TCP sonde.invalid;branch=z9hG4bK", id, ";rport\r\n",
    "Max-Forwards: 0\r\nFrom: <sip:sonde@sonde.invalid>;tag=", id, "\r\nTo: <sip:", host, ">\r\nCall-ID: ", id,
    "@sonde.invalid\r\nCSeq: 1 OPTIONS\r\nAccept: application/sdp\r\nUser-Agent: Sonde/0.1 (Internet measurement)\r\n",
    "Content-Length: 0\r\n\r\n")
  expect(conn:peek(4) == "SIP/", "no SIP status line")
  for _ = 0, INTERIM_MAX do
    if receive_answer(conn, record) then return end
  end
  expect(false, "provisional answers only")
end

return sip
