-- HTTP/1.1 (RFC 9112) for the protocols that ride on it: one request, the head of its answer, the beginning of its body.

local expect = require "sonde.expect"

local http_client = {}

local HEADERS_MAX, INTERIM_MAX = 100, 4
local BODY_MAX = 8192
local CHUNK_LINE_MAX = 1024

-- RFC 9112 section 3.2: an IPv6 address stands in brackets, the port is named where it is not the default.
local function authority(conn)
  local host = conn.host:find(":", 1, true) and "[" .. conn.host .. "]" or conn.host
  return conn.port == 80 and host or host .. ":" .. conn.port
end

-- Sends one request that says honestly who asks. A body is given with its media type.
function http_client.send(conn, method, target, body, media_type)
  local described = body and ("Content-Type: %s\r\nContent-Length: %d\r\n"):format(media_type, #body) or ""
  conn:send(method, " ", target, " HTTP/1.1\r\nHost: ", authority(conn),
    "\r\nUser-Agent: Sonde/0.1 (Internet measurement)\r\nAccept: */*\r\n", described, "Connection: close\r\n\r\n", body or "")
end

local function read_head(conn)
  local version, status, reason = conn:receive_line():match "^HTTP/(%d%.%d) (%d%d%d) ?(.*)$"
  expect(version, "no HTTP status line")
  local head = { version = version, status = tonumber(status), reason = reason, headers = {} }
  for _ = 1, HEADERS_MAX do
    local line = conn:receive_line()
    if line == "" then return head end
    local name, value = line:match "^([^%s:]+):[ \t]*(.*)$"
    if name then head.headers[name:lower()] = value end
  end
  expect(false, "too many header fields")
end

-- The head of the final answer: { version, status, reason, headers = { lower-case name = last value } }.
function http_client.receive_head(conn)
  expect(conn:peek(5) == "HTTP/", "no HTTP status line")
  for _ = 0, INTERIM_MAX do
    local head = read_head(conn)
    if head.status >= 200 then return head end   -- RFC 9110 section 15.2: others come before it
  end
  expect(false, "interim answers only")
end

-- Takes `size` bytes (all that come, where it is nil) into body.text, until look(body.text) says that it has seen enough.
local function receive_piece(conn, body, size)
  local finish = size and #body.text + size or math.huge
  while #body.text < finish do
    body.text = body.text .. conn:receive_some(math.min(finish, body.max) - #body.text)
    if body.look(body.text) or #body.text >= body.max then return true end
  end
end

-- Reads the body, of which look(text so far) is shown each piece, until look returns true, it ends, or `max` bytes came.
function http_client.receive_body(conn, head, look, max)
  local body = { text = "", look = look, max = max or BODY_MAX }
  if head.status == 204 or head.status == 304 then return end
  if not (head.headers["transfer-encoding"] or ""):lower():find("chunked", 1, true) then
    local length = head.headers["content-length"]
    receive_piece(conn, body, length and expect(tonumber(length:match "^%d%d?%d?%d?%d?%d?%d?%d?%d?$"), "no length"))
    return
  end
  while true do   -- RFC 9112 section 7.1
    local size = tonumber(expect(conn:receive_line(CHUNK_LINE_MAX):match "^%x%x?%x?%x?%x?%x?%x?", "no chunk"), 16)
    if size == 0 or receive_piece(conn, body, size) then return end
    expect(conn:receive(2) == "\r\n", "chunk without its end")
  end
end

-- The first string that a JSON text gives to a member of this name, at whatever depth.
function http_client.member(text, name)
  return text:match('"' .. name .. '"%s*:%s*"([^"]*)"')
end

return http_client
