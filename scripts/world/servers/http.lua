-- An HTTP/1.1 server (RFC 9110, 9112), as web servers, routers and cameras have them.

local SERVERS = {
  { weight = 12, name = "nginx", header = "nginx" },
  { weight = 7, name = "nginx", header = "nginx/1.18.0 (Ubuntu)" },
  { weight = 5, name = "nginx", header = "nginx/1.22.1" },
  { weight = 4, name = "nginx", header = "nginx/1.14.2" },
  { weight = 2, name = "nginx", header = "openresty/1.21.4.1" },
  { weight = 5, name = "apache", header = "Apache" },
  { weight = 6, name = "apache", header = "Apache/2.4.41 (Ubuntu)" },
  { weight = 5, name = "apache", header = "Apache/2.4.57 (Debian)" },
  { weight = 3, name = "apache", header = "Apache/2.4.6 (CentOS) OpenSSL/1.0.2k-fips PHP/5.4.16" },
  { weight = 1, name = "apache", header = "Apache/2.2.15 (CentOS)" },
  { weight = 4, name = "iis", header = "Microsoft-IIS/10.0" },
  { weight = 2, name = "iis", header = "Microsoft-IIS/8.5" },
  { weight = 1, name = "iis", header = "Microsoft-IIS/7.5" },
  { weight = 3, name = "embedded", header = "lighttpd/1.4.59" },
  { weight = 3, name = "embedded", header = "micro_httpd" },
  { weight = 2, name = "embedded", header = "Boa/0.94.14rc21" },
  { weight = 3, name = "embedded", header = "GoAhead-Webs" },
  { weight = 2, name = "embedded", header = "mini_httpd/1.30 26Oct2018" },
  { weight = 2, name = "embedded", header = "RomPager/4.07 UPnP/1.0" },
  { weight = 2, name = "embedded", header = "uc-httpd 1.0.0" },
  { weight = 4, name = "embedded" },
  { weight = 1, name = "proxy", header = "Squid" },
  { weight = 2, name = "app", header = "Jetty(9.4.43.v20210629)" },
  { weight = 1, name = "app", header = "Kestrel" },
  { weight = 1, name = "app", header = "Werkzeug/2.3.7 Python/3.11.4" },
}

local REASONS = {
  [200] = "OK", [301] = "Moved Permanently", [302] = "Found", [400] = "Bad Request", [401] = "Unauthorized",
  [403] = "Forbidden", [404] = "Not Found", [405] = "Method Not Allowed", [501] = "Not Implemented",
  [503] = "Service Unavailable",
}

local PAGES = {
  nginx = { { 200, weight = 6 }, { 301, weight = 3 }, { 404, weight = 2 }, { 403, weight = 2 } },
  apache = { { 200, weight = 6 }, { 302, weight = 2 }, { 403, weight = 2 }, { 404, weight = 1 } },
  iis = { { 200, weight = 5 }, { 403, weight = 2 }, { 404, weight = 2 } },
  embedded = { { 401, weight = 5 }, { 200, weight = 4 }, { 302, weight = 1 } },
  proxy = { 400, 403, 503 }, app = { 404, 200, 302, 401 },
}

local TITLES = {
  "Welcome", "Home", "Index of /", "Router Login", "Web Management", "IP Camera Viewer", "Dashboard", "It works!",
  "Under construction", "Sign in", "Network Video Recorder", "Test page", "Portal",
}

local function page(host, server, status)
  if status == 200 then
    local title = host:choose("title", TITLES)
    return ("<!DOCTYPE html>\n<html><head><title>%s</title></head>\n<body><h1>%s</h1><p>%s</p></body></html>\n")
      :format(title, title, host:name())
  end
  local text = status .. " " .. REASONS[status]
  local signature = server.name == "nginx" and "<hr><center>nginx</center>" or ""
  return "<html>\r\n<head><title>" .. text .. "</title></head>\r\n<body>\r\n<center><h1>" .. text
    .. "</h1></center>\r\n" .. signature .. "</body>\r\n</html>\r\n"
end

-- One answer; the order of its header fields is the software's own.
local function answer(host, server, status, method, keep)
  local body = page(host, server, status)
  local lines = { ("HTTP/%s %d %s"):format(server.header == "micro_httpd" and "1.0" or "1.1", status, REASONS[status]) }
  local function field(name, value)
    if value then lines[#lines + 1] = name .. ": " .. value end
  end
  if server.name == "nginx" then field("Server", server.header) end
  if server.name ~= "embedded" or host:chance("clock", 0.5) then field("Date", host:date()) end
  if server.name ~= "nginx" then field("Server", server.header) end
  if status == 301 or status == 302 then field("Location", "https://" .. host:name() .. "/") end
  if status == 401 then field("WWW-Authenticate", 'Basic realm="' .. host:choose("realm", TITLES) .. '"') end
  field("Content-Type", "text/html")
  field("Content-Length", tostring(#body))
  field("Connection", keep and "keep-alive" or "close")
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (method == "HEAD" and "" or body)
end

local function refuse(conn, host, server)
  if server.name == "embedded" and host:chance("rude", 0.5) or server.name == "iis" and host:chance("rude", 0.3) then
    return "reset"
  end
  conn:send(answer(host, server, 400, "GET", false))
end

local METHODS = { GET = true, HEAD = true, POST = true, OPTIONS = true, PUT = true, DELETE = true }

-- Reads the fields of a request; returns whether the client wants the connection kept.
local function read_head(conn)
  local keep = true
  for _ = 1, 100 do
    local line = conn:receive_line(8192):lower()
    if line == "" then break end
    if line:match "^connection:%s*close" then keep = false end
  end
  return keep
end

-- Whether something in front of this host lets a request of this method through.
local function is_filtered(host, method)
  local only_get, only_options = host.options.only_get or 0, host.options.only_options or 0
  local share = host:share "filter"
  return method == "OPTIONS" and share < only_get or method == "GET" and share >= 1 - only_options
end

local function serve(conn, host)
  local server = host:choose("server", SERVERS)
  for _ = 1, 8 do
    local line = conn:receive_line(8192)
    local blanks = 0
    while line == "" do -- RFC 9112 section 2.2: an empty line or two before a request is to be ignored
      blanks = blanks + 1
      if blanks > 4 and server.name ~= "nginx" then return refuse(conn, host, server) end
      line = conn:receive_line(8192)
    end
    local method, version = line:match "^(%u+) %S+ HTTP/(%d%.%d)$"
    if not method then return refuse(conn, host, server) end
    if is_filtered(host, method) then return host:chance("filter_resets", 0.5) and "reset" or conn:sleep(60) end
    local keep = read_head(conn) and version == "1.1"
    local status = METHODS[method] and host:choose("status", PAGES[server.name]) or 405
    conn:send(answer(host, server, status, method, keep))
    if not keep then return end
  end
end

local function serve_from_start(conn, host)
  local first = conn:peek(1)
  if first == "\22" then
    conn:receive_some()
    return refuse(conn, host, host:choose("server", SERVERS))
  end
  return serve(conn, host)
end

-- Chances a world may set.
local OPTIONS = {
  only_get = "share that answers GET, but not OPTIONS",
  only_options = "share that answers OPTIONS, but not GET",
  filter_resets = "share of the filters that reset what they do not let through",
  clock = "share of embedded servers that send a Date",
  rude = "share of embedded servers, and of IIS, that resets what is no HTTP",
}

local function complain(conn, host)
  conn:send(answer(host, host:choose("server", SERVERS), 400, "GET", false))
end

return { serve = serve_from_start, complain = { tls = complain, newlines = complain }, options = OPTIONS }
