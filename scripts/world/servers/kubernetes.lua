-- A Kubernetes API server on plain HTTP (as behind a proxy): its version, or a Status that says no.

local VERSIONS = { "1.16.15", "1.18.20", "1.20.15", "1.21.14", "1.22.17", "1.24.17", "1.26.15", "1.27.13", "1.29.4" }

local function send(conn, host, status, reason, body)
  conn:send("HTTP/1.1 ", status, " ", reason, "\r\n",
    host:chance("audit", 0.6) and "Audit-Id: " .. host:hex("audit", 8) .. "\r\n" or "",
    "Cache-Control: no-cache, private\r\nContent-Type: application/json\r\n", "Date: ", host:date(), "\r\nContent-Length: ",
    tostring(#body), "\r\n\r\n", body)
end

local function refuse(conn, host, path)
  local anonymous = host:chance("anonymous", 0.7)
  local code, reason = anonymous and "403" or "401", anonymous and "Forbidden" or "Unauthorized"
  local message = anonymous and ('forbidden: User \\"system:anonymous\\" cannot get path \\"%s\\"'):format(path)
    or "Unauthorized"
  send(conn, host, code, reason, ('{\n  "kind": "Status",\n  "apiVersion": "v1",\n  "metadata": {},\n  "status": "Failure",\n'
    .. '  "message": "%s",\n  "reason": "%s",\n  "details": {},\n  "code": %s\n}\n'):format(message, reason, code))
end

local function version(conn, host)
  local number = host:choose("version", VERSIONS)
  local major, minor = number:match "^(%d+)%.(%d+)"
  send(conn, host, "200", "OK", ('{\n  "major": "%s",\n  "minor": "%s",\n  "gitVersion": "v%s",\n  "gitCommit": "%s",\n'
    .. '  "platform": "linux/amd64"\n}\n'):format(major, minor, number, host:hex("commit", 20)))
end

local function serve(conn, host)
  for _ = 1, 8 do
    local path = conn:receive_until("\r\n\r\n", 16384):match "^%u+ (/[^%s?]*)"
    if path == "/version" and host:chance("tells", 0.9) then
      version(conn, host)
    else
      refuse(conn, host, path and path:gsub('[^%w/._-]', "") or "/")
    end
  end
end

-- What Go's server says to words that are no HTTP.
local function bad_request(conn)
  conn:send "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"
end

-- Chances a world may set.
local OPTIONS = {
  anonymous = "share that knows who nobody is: 403, not 401",
  audit = "share that sends an Audit-Id",
  tells = "share that tells anybody its version",
}

return { serve = serve, complain = { tls = bad_request, newlines = bad_request }, options = OPTIONS }
