-- HTTP/1.1 (RFC 9112): asks for "/", says honestly who asks, reads the head and the page.
-- Follows redirections within host and port, and only where it is asked to (--redirects, or a policy).
local digest = require "sonde.digest"
local html = require "sonde.html"
local http_client = require "sonde.http_client"

local http = {
  name = "http", ports = { 80, 8000, 8080 }, tls_ports = { 443, 8443 }, first = "client", timeout = 8,
  fields = {
    protocol_version = "e.g. 1.1", status = "status code (number)", reason = "reason phrase",
    server = "the Server header", location = "the Location header", content_type = "the Content-Type header",
    content_length = "the Content-Length header (number)", title = "of the HTML page, white space collapsed",
    headers = "all header fields in their order, as they came, at most 64 (list of strings)",
    login = "how it asks for one: form, or the scheme, e.g. basic", body_length = "bytes of the page read (number)",
    body_sha256 = "of the page, of its first 65536 bytes where it is longer",
    redirects = "where it led us on the way (list of strings)",
  },
}

local KEPT = { server = "server", location = "location", ["content-type"] = "content_type" }
local PERSISTENT = { persistent = true }
local HEADERS_MAX, HEADER_MAX, BODY_MAX, TITLE_MAX, REDIRECTS_MAX = 64, 1024, 65536, 8192, 5

local function learn_head(head, name, value, page)
  page.protocol_version, page.status, page.reason = head.version, head.status, head.reason
  if not name then return end
  local lower, list = name:lower(), page.headers or {}
  if #list < HEADERS_MAX then list[#list + 1] = (name .. ": " .. value):sub(1, HEADER_MAX) end
  page.headers = list
  if KEPT[lower] then page[KEPT[lower]] = value end
  if lower == "content-length" then page.content_length = tonumber(#value <= 15 and value:match "^%d+" or "") end
  if lower == "www-authenticate" then page.login = page.login or value:lower():match "^[%w-]+" end
end

local function read_body(conn, head, page)
  local body = http_client.receive_body(conn, head, function(text) page.title = page.title or html.title(text) end, BODY_MAX,
    TITLE_MAX)
  page.body_length, page.body_sha256 = #body, body ~= "" and digest.sha256(body) or nil
  if html.asks_for_password(body) then page.login = "form" end
end

function http.handshake(conn, record)
  local path, most, followed = "/", math.min(conn.redirects or 0, REDIRECTS_MAX), nil
  for turn = 0, most do
    local page = turn < most and {} or record   -- fields of a page that leads on would be those of another
    http_client.send(conn, "GET", path, turn < most and PERSISTENT or nil)
    local head = http_client.receive_head(conn, learn_head, page)
    path = turn < most and (head.headers.connection or ""):lower() ~= "close" and http_client.redirection(conn, head)
    if not path then
      for name, value in pairs(page) do record[name] = value end
      return read_body(conn, head, record)
    end
    read_body(conn, head, page)
    followed = followed or {}
    followed[#followed + 1] = path
    record.redirects = followed
  end
end

return http
