-- Servers that speak HTTP/1.1 (RFC 9112): CouchDB, Docker Engine, Elasticsearch, OpenSearch, an Ethereum client, Kubernetes.
-- Each answers what its reference has for the requests that need no login, and errors in its own form.
local lpeg = require "lpeg"
local C, Cf, Cg, Ct, P, R, S, V = lpeg.C, lpeg.Cf, lpeg.Cg, lpeg.Ct, lpeg.P, lpeg.R, lpeg.S, lpeg.V

local OPTIONS = {
  product = "which of them it is", closed = "true: tells nothing without a login", body = "what it says of itself",
  anonymous = "true: knows who nobody is (Kubernetes: 403 instead of 401)",
}

local LINE_MAX, HEAD_LINES, BODY_MAX = 8192, 64, 65536
local TOKEN = "[%w!#$%%&'*+.^_`|~-]"
local JSON, TEXT = "Content-Type: application/json\r\n", "Content-Type: text/plain; charset=utf-8\r\n"

-- JSON (RFC 8259): objects as tables of their members, each as it was written.
local space = S " \t\r\n" ^ 0
local text = P '"' * ((1 - S '"\\' - R "\0\31") + "\\" * (S '"\\/bfnrt' + "u" * R("09", "AF", "af") ^ 4)) ^ 0 * '"'
local number = P "-" ^ -1 * ("0" + R "19" * R "09" ^ 0) * ("." * R "09" ^ 1) ^ -1 * (S "eE" * S "+-" ^ -1 * R "09" ^ 1) ^ -1
local member = C(text) * space * ":" * space * C(V "value")
local grammar = P {
  space * V "object" * space * -1,
  object = Cf(Ct "" * "{" * space * (Cg(member) * (space * "," * space * Cg(member)) ^ 0) ^ -1 * space * "}", rawset),
  value = text + number + P "true" + "false" + "null" + V "list" / 0 + V "object" / 0,
  list = "[" * space * (V "value" * (space * "," * space * V "value") ^ 0) ^ -1 * space * "]",
}

-- Ethereum execution APIs over JSON-RPC 2.0 (sections 4 and 5).
local function rpc_error(id, code, words)
  return "200 OK", JSON, ('{"jsonrpc":"2.0","id":%s,"error":{"code":%d,"message":"%s"}}\n'):format(id, code, words)
end

local function call(request, options)
  if request.method ~= "POST" then return "405 Method Not Allowed", TEXT, "method not allowed\n" end
  if (request.fields["content-type"] or ""):lower() ~= "application/json" then
    return "415 Unsupported Media Type", TEXT, "invalid content type, only application/json is supported\n"
  end
  local asked = grammar:match(request.body)
  if not asked then return rpc_error("null", -32700, "parse error") end
  local id, params = asked['"id"'] or "null", asked['"params"'] or "[]"
  local method = (asked['"method"'] or ""):match '^"([^"]*)"$'
  if asked['"jsonrpc"'] ~= '"2.0"' or not method or not id:find '^["%d-n]' then
    return rpc_error("null", -32600, "invalid request")
  end
  if not params:find "^[%[{]" then return rpc_error(id, -32602, "non-array args") end
  if method ~= "web3_clientVersion" or options.closed then
    return rpc_error(id, -32601, ("the method %s does not exist/is not available"):format(method))
  end
  return "200 OK", JSON, ('{"jsonrpc":"2.0","id":%s,"result":"%s"}\n'):format(id, options.body)
end

-- "Status" of the Kubernetes API conventions, with which it refuses.
local function kubernetes(request, options)
  if request.path == "/version" and request.method == "GET" and not options.closed then return "200 OK", JSON, options.body end
  local status, reason, words = "401 Unauthorized", "Unauthorized", "Unauthorized"
  if options.anonymous then
    status, reason = "403 Forbidden", "Forbidden"
    words = ('forbidden: User \\"system:anonymous\\" cannot %s path \\"%s\\"'):format(request.method:lower(), request.path)
  end
  return status, JSON, ('{\n  "kind": "Status",\n  "apiVersion": "v1",\n  "metadata": {},\n  "status": "Failure",\n' ..
    '  "message": "%s",\n  "reason": "%s",\n  "details": {},\n  "code": %s\n}\n'):format(words, reason, status:sub(1, 3))
end

local REFUSAL = '{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST ' ..
  'request [/]","header":{"WWW-Authenticate":["Basic realm=\\"security\\" charset=\\"UTF-8\\"","ApiKey"]}}],"type":' ..
  '"security_exception","reason":"missing authentication credentials for REST request [/]"},"status":401}'

local function elasticsearch(request, options)
  local head = JSON .. "X-elastic-product: Elasticsearch\r\n"
  if options.closed then
    return "401 Unauthorized", 'WWW-Authenticate: Basic realm="security" charset="UTF-8"\r\n' .. head, REFUSAL
  end
  if request.path == "/" and request.method == "GET" then return "200 OK", head, options.body end
  return "404 Not Found", head, '{"error":{"type":"index_not_found_exception"},"status":404}'
end

local function opensearch(request, options)
  if options.closed then
    return "401 Unauthorized", 'WWW-Authenticate: Basic realm="OpenSearch Security"\r\n' .. TEXT, "Unauthorized"
  end
  if request.path == "/" and request.method == "GET" then return "200 OK", JSON, options.body end
  return "404 Not Found", JSON, '{"error":{"type":"index_not_found_exception"},"status":404}'
end

local COUCHDB = "Server: CouchDB/3.3.3 (Erlang OTP/24)\r\n" .. JSON

local function couchdb(request, options)
  if options.closed then
    return "401 Unauthorized", COUCHDB, '{"error":"unauthorized","reason":"Authentication required."}\n'
  end
  if request.path ~= "/" then
    return "404 Object Not Found", COUCHDB, '{"error":"not_found","reason":"Database does not exist."}\n'
  end
  if request.method ~= "GET" then
    return "405 Method Not Allowed", "Allow: GET\r\n" .. COUCHDB, '{"error":"method_not_allowed","reason":"Only GET allowed"}\n'
  end
  return "200 OK", COUCHDB, options.body
end

-- Docker Engine API, "Ping": everybody may, also where an authorization plugin refuses all else.
local function docker(request)
  local head = "Api-Version: 1.41\r\nDocker-Experimental: false\r\nOstype: linux\r\nServer: Docker/20.10.24 (linux)\r\n"
  local path = request.path:gsub("^/v1%.%d+/", "/")
  if path == "/_ping" and request.method == "GET" then
    return "200 OK", "Builder-Version: 2\r\nCache-Control: no-cache, no-store, must-revalidate\r\nPragma: no-cache\r\n" ..
      "Swarm: inactive\r\n" .. TEXT .. head, "OK"
  end
  return "404 Not Found", JSON .. head, '{"message":"page not found"}\n'
end

-- Each product, and whether the empty line before a request is nothing to it (RFC 9112 section 2.2) or an error.
local PRODUCTS = {
  couchdb = { couchdb, true }, docker = { docker, false }, elasticsearch = { elasticsearch, true }, ethereum = { call, false },
  kubernetes = { kubernetes, false }, opensearch = { opensearch, true },
}

-- A line without its CRLF; nil where it has another end, or octets that have no place in a head.
local function receive_line(conn)
  return conn:receive_until("\n", LINE_MAX):match "^([\32-\126\t\128-\255]*)\r\n$"
end

local function is_host(value)
  local name, port = (value or ""):match "^(.-):?(%d*)$"
  return value and tonumber(port == "" and "80" or port) <= 65535
    and (name:find "^[%w%-._~!$&'()*+,;=%%]*$" or name:find "^%[[%x:.]+%]$")
end

-- A request with its method, path, fields and body; nil and a status where it is none (RFC 9112 sections 3, 3.2, 5 and 6.3).
local function receive_request(conn)
  if not conn:peek(1):find(TOKEN) then return nil, "400 Bad Request" end
  local method, target, version = (receive_line(conn) or ""):match("^(" .. TOKEN .. "+) ([\33-\126]+) HTTP/(%d%.%d)$")
  if not method then return nil, "400 Bad Request" end
  local fields = {}
  for _ = 1, HEAD_LINES do
    local line = receive_line(conn)
    if line == "" then break end
    local name, value = (line or ""):match("^(" .. TOKEN .. "+):[ \t]*(.-)[ \t]*$")
    if not name or fields[name:lower()] then return nil, "400 Bad Request" end
    fields[name:lower()] = value
  end
  if version:sub(1, 1) ~= "1" then return nil, "505 HTTP Version Not Supported" end
  if version == "1.1" and not is_host(fields.host) or target:sub(1, 1) ~= "/" then return nil, "400 Bad Request" end
  if fields["transfer-encoding"] then return nil, "501 Not Implemented" end
  local length = fields["content-length"] or "0"
  if not length:find "^%d%d?%d?%d?%d?$" or tonumber(length) > BODY_MAX then return nil, "400 Bad Request" end
  return { method = method, path = target:match "^[^?]*", fields = fields, body = conn:receive(tonumber(length)),
    last = version == "1.0" or (fields.connection or ""):lower() == "close" }
end

local function serve(conn, host)
  local options, product = host.options, PRODUCTS[host.options.product]
  repeat
    while product[2] and conn:peek(1) == "\r" and conn:peek(2) == "\r\n" do conn:receive(2) end
    local request, problem = receive_request(conn)
    local status, head, body = problem, TEXT, problem
    if request then status, head, body = product[1](request, options) end
    local over = not request or request.last
    conn:send("HTTP/1.1 ", status, "\r\n", head, "Date: ", host:date(), "\r\n", over and "Connection: close\r\n" or "",
      "Content-Length: ", tostring(#body), "\r\n\r\n", body)
  until over
end

return { serve = serve, options = OPTIONS }
