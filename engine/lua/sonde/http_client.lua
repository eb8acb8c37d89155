-- HTTP/1.1 (RFC 9112) for the protocols that ride on it: one request, the head of its answer, the beginning of its body.

local expect = require "sonde.expect"

local http_client = {}

local HEADERS_MAX, INTERIM_MAX = 100, 4
local BODY_MAX = 8192
local CHUNK_LINE_MAX = 1024

local WHO, CLOSE = "\r\nUser-Agent: Sonde/0.1 (Internet measurement)\r\nAccept: */*\r\n", "Connection: close\r\n\r\n"
local BARE = WHO .. CLOSE   -- what follows the Host of most requests

-- RFC 9112 section 3.2: an IPv6 address stands in brackets, the port is named where it is not the default.
local function authority(conn)
  local host, port = conn.host, conn.port
  if host:find(":", 1, true) then host = "[" .. host .. "]" end
  return port == (conn.inside and 443 or 80) and host or host .. ":" .. port
end

-- Sends one request that says honestly who asks. more, where wanted: body with its media type (type); persistent = true where
-- another request may follow on the connection; host, in place of the conn's; fields: lines of further header fields.
function http_client.send(conn, method, target, more)
  if not more then return conn:send(method, " ", target, " HTTP/1.1\r\nHost: ", authority(conn), BARE) end
  local body = more.body
  local described = body and ("Content-Type: %s\r\nContent-Length: %d\r\n"):format(more.type, #body) or ""
  conn:send(method, " ", target, " HTTP/1.1\r\nHost: ", more.host or authority(conn), WHO, more.fields or "", described,
    more.persistent and "\r\n" or CLOSE, body or "")
end

local function nothing() end

local function read_head(conn, learn, what)
  local version, status, reason = conn:receive_line():match "^HTTP/(%d%.?%d?) (%d%d%d) ?(.*)$"
  expect(version, "no HTTP status line")
  local head = { version = version, status = tonumber(status), reason = reason, headers = {} }
  if head.status < 200 then learn = nothing end   -- RFC 9110 section 15.2: another answer comes after it
  learn(head, nil, nil, what)
  for _ = 1, HEADERS_MAX do
    local line = conn:receive_line()
    if line == "" then return head end
    local name, value = line:match "^([^%s:]+):[ \t]*(.*)$"
    if name then
      head.headers[name:lower()] = value
      learn(head, name, value, what)
    end
  end
  expect(false, "too many header fields")
end

-- The head of the final answer: { version, status, reason, headers = { lower-case name = last value } }. learn, which may be
-- nil, is called as things come: with the head after its first line, and with the head, a name and a value for each field; and,
-- behind these, with `what`.
function http_client.receive_head(conn, learn, what)
  expect(conn:peek(5) == "HTTP/", "no HTTP status line")
  for _ = 0, INTERIM_MAX do
    local head = read_head(conn, learn or nothing, what)
    if head.status >= 200 then return head end
  end
  expect(false, "interim answers only")
end

-- Adds a piece to the body; true where that is enough of it.
local function add(body, piece)
  local before = body.size
  body.parts[#body.parts + 1], body.size = piece, before + #piece
  if before < body.looked then
    local text = table.concat(body.parts)
    body.parts = { text }
    if body.look(text) then return true end
  end
  return body.size >= body.max
end

-- Takes `size` bytes, or all that come where it is nil; true where that is enough of the body.
local function receive_part(conn, body, size)
  local finish = size and body.size + size or math.huge
  while body.size < finish do
    local most = math.min(finish, body.max) - body.size
    local piece = size and conn:receive_some(most) or not size and conn:receive_more(most)
    if not piece or add(body, piece) then return true end
  end
end

local function receive_chunks(conn, body)   -- RFC 9112 section 7.1
  while true do
    local size = tonumber(expect(conn:receive_line(CHUNK_LINE_MAX):match "^%x%x?%x?%x?%x?%x?%x?", "no chunk"), 16)
    if size == 0 or receive_part(conn, body, size) then return end
    expect(conn:receive(2) == "\r\n", "chunk without its end")
  end
end

-- Reads the body until it ends or `max` bytes came, and returns it. look(text so far), which may be nil, is shown it piece by
-- piece while it is shorter than `looked` (by default, max), and ends the reading by returning true.
function http_client.receive_body(conn, head, look, max, looked)
  local body = { parts = {}, size = 0, look = look or nothing, max = max or BODY_MAX, looked = looked or max or BODY_MAX }
  if head.status == 204 or head.status == 304 then return "" end
  if (head.headers["transfer-encoding"] or ""):lower():find("chunked", 1, true) then
    receive_chunks(conn, body)
  else
    local length = head.headers["content-length"]
    receive_part(conn, body, length and expect(tonumber(length:match "^%d%d?%d?%d?%d?%d?%d?%d?%d?$"), "no length"))
  end
  return table.concat(body.parts)
end

-- The target of a redirection that leads to the same host, port and scheme: its path; else nil. Others are targets of their own.
function http_client.redirection(conn, head)
  local location = head.status >= 300 and head.status < 400 and head.headers.location
  if not location then return nil end
  local scheme, host, path = location:match "^(%a+)://([^/?#%s]*)([^#%s]*)"
  if scheme then
    local own, host_and_port = authority(conn):lower(), host:lower()
    if scheme:lower() ~= (conn.inside and "https" or "http") then return nil end
    if host_and_port ~= own and host_and_port ~= own .. (conn.inside and ":443" or ":80") then return nil end
    return path:sub(1, 1) == "/" and path or "/" .. path
  end
  return location:match "^/[^/#%s][^#%s]*" or location == "/" and "/" or nil
end

return http_client
