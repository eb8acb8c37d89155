-- HTTP/1.1 (RFC 9112): asks for "/", says honestly who asks, reads the head and the title out of the body's beginning.
local expect = require "sonde.expect"

local http = {
  name = "http", ports = { 80, 8000, 8080 }, tls_ports = { 443, 8443 }, first = "client", timeout = 8,
  fields = {
    protocol_version = "e.g. 1.1", status = "status code (number)", reason = "reason phrase",
    server = "the Server header", location = "the Location header", content_type = "the Content-Type header",
    content_length = "the Content-Length header (number)", title = "of the HTML page, white space collapsed",
  },
}

local HEADERS_MAX, INTERIM_MAX, BODY_MAX = 100, 4, 8192
local KEPT = { server = "server", location = "location", ["content-type"] = "content_type" }

-- RFC 9112 section 3.2: an IPv6 address stands in brackets, the port is named where it is not the default.
local function authority(conn)
  local host = conn.host:find(":", 1, true) and "[" .. conn.host .. "]" or conn.host
  return conn.port == 80 and host or host .. ":" .. conn.port
end

-- Reads status line and header fields; returns the status, and whether the body comes in chunks. An interim answer
-- (RFC 9110 section 15.2) leaves nothing in the record.
local function read_head(conn, record)
  local version, status, reason = conn:receive_line():match "^HTTP/(%d%.?%d?) (%d%d%d) ?(.*)$"
  expect(version, "no HTTP status line")
  status = tonumber(status)
  local kept = status < 200 and {} or record
  kept.protocol_version, kept.status, kept.reason = version, status, reason
  local chunked = false
  for _ = 1, HEADERS_MAX do
    local line = conn:receive_line()
    if line == "" then return status, chunked end
    local name, value = line:match "^([^%s:]+):[ \t]*(.*)$"
    name = name and name:lower()
    if KEPT[name] then kept[KEPT[name]] = value end
    if name == "content-length" then kept.content_length = tonumber(#value <= 15 and value:match "^%d+" or "") end
    if name == "transfer-encoding" then chunked = value:lower():find("chunked", 1, true) ~= nil end
  end
  expect(false, "too many header fields")
end

-- Plain searches only: a pattern could be made to backtrack by the page.
local function find_title(body)
  local lower = body:lower()
  local tag = lower:find("<title", 1, true)
  local start = tag and lower:find(">", tag, true)
  local finish = start and lower:find("</title", start, true)
  return finish and body:sub(start + 1, finish - 1):gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
end

function http.handshake(conn, record)
  conn:send("GET / HTTP/1.1\r\nHost: ", authority(conn), "\r\nUser-Agent: Sonde/0.1 (Internet measurement)\r\n",
    "Accept: */*\r\nConnection: close\r\n\r\n")
  expect(conn:peek(5) == "HTTP/", "no HTTP status line")
  local status, chunked
  for _ = 0, INTERIM_MAX do
    status, chunked = read_head(conn, record)
    if status >= 200 then break end
  end
  expect(status >= 200, "interim answers only")
  if status == 204 or status == 304 then return end
  local body, expected = "", chunked and BODY_MAX or math.min(record.content_length or BODY_MAX, BODY_MAX)
  while #body < expected and not (chunked and body:sub(-5) == "0\r\n\r\n") do
    body = body .. conn:receive_some(BODY_MAX - #body)
    record.title = find_title(body)
    if record.title then return end
  end
end

return http
