-- HTTP/1 responses (RFC 9112 section 4), whatever was asked, and pages without a status line (HTTP/0.9).
local gap = S " \t\r\n" ^ 0
local value = sp * line
local function is(name) return set("application", name) end
local header = I "server:" * sp * field("server", line)
  + I "www-authenticate:" * sp * (token * sp * I 'realm="' * field("realm", (1 - S '"\r\n') ^ 0)) ^ -1 * line
  + I "x-influxdb-" * (I "version:" * sp * field("application_version", line) + value) * is "influxdb"
  + I "x-elastic-product:" * value * is "elasticsearch" + I "x-jenkins:" * sp * field("application_version", line) * is "jenkins"
  + I "docker-" * value * is "docker" + I "kbn-name:" * value * is "kibana" + I "x-consul-" * value * is "consul"
  + I "x-clickhouse-" * value * is "clickhouse" + I "x-etcd-cluster-id:" * value * is "etcd"
  + I "sec-websocket-accept:" * value * is "websocket"
  + line
local title = find { "<title" } * (1 - S ">") ^ 0 * ">" * gap * field("title", (1 - S "<\r\n") ^ -200)
local function member(name) return P('"' .. name .. '"') * gap * ":" * gap end
local vendor = P '"vendor"' * gap * ":" * gap * "{" * (1 - P "}") ^ 0   -- CouchDB's has a version as well
local version = ((vendor + (1 - P '"version"')) ^ 0 * '"version"' * gap * ":" * gap * '"' * field("application_version", (1
  - S '"') ^ 1)) ^ -1
local document = gap * "{" * gap * (member "couchdb" * is "couchdb" * version + member "etcdserver" * is "etcd"
  + member "jsonrpc" * is "json-rpc") + "# HELP " * is "prometheus"
  + (#(gap * "{" * find { '"you know, for search"' }) * is "elasticsearch"
    + #(gap * "{" * find { '"the opensearch project' }) * is "opensearch") * (find { '"number"' } * gap * ":" * gap * '"'
    * field("application_version", (1 - S '"') ^ 1)) ^ -1
-- What thttpd and mini_httpd say where they do not understand a request line, and MiniUPnPd, which repeats the version of it.
local unknown = "UNKNOWN " * #(R "45" * digit * digit * " ")
  + " " * #(R "45" * digit * digit * " " * (1 - S "\r\n") ^ 1 * crlf * I "content-type: ")
local status = R "15" * digit * digit * S " \r\n"
local three = R "45" * digit * digit * S " -" ^ 1 * (I "bad request" + I "not found" + I "method not" + I "unauthorized"
  + I "forbidden" + I "request timeout" + I "internal server error" + I "service unavailable")
local page = I "html" + I "!doctype html" + I "head>" + I "body" + I "title>" + S "hH" * R "16" * S "> " + I "center>"
  + I "script" + I "meta " + I "frameset" + I "pre>" + "!--" + I "table" + I "p>"
local xhtml = "<?xml" * (1 - P ">") ^ -100 * ">" * gap * #(I "<!doctype html" + I "<html")
local response = Ct(S "\r\n" ^ -4 * ("HTTP/" * digit * "." * digit * " " + unknown)
  * number("status", upto(6, digit, 3)) * (" " * field("reason", line) + line) * crlf ^ -1
  * (#(1 - S "\r\n") * header * crlf) ^ 0
  * (crlf * (document + title)) ^ -1)

return {
  protocol = "http", reference = "RFC 9112", ports = { 80, 8080, 8000, 8888 }, handshakes = { "http", "http-options" },
  starts = { S "\r\n" ^ -4 * "HTTP/", "UNKNOWN ", gap * "<", "\239\187\191<", I "http", three,
    " " * R "45" * digit * digit,
    I "content-type:", I "status:" }, first = S "\r\n \tHhU<\239CcSs" + R "45",
  pattern = describe(response, "server"),
  maybe = Ct((P "\239\187\191" + gap * xhtml ^ -1) * "<" * page * (title + P(true)))
    + Ct(I "http" * S "sS" ^ -1 * ("/" * (digit + S ".xX") ^ 1 * S " \t" ^ 1 + " " * #status) * field("reason", line)),
  -- no status line at all, or not all of it
  weak = three + P "HTTP/" + (I "content-type:" * sp * alpha + I "status:" * sp * digit * digit * digit) * line * crlf,
  examples = {
    ["HTTP/1.1 200 OK\r\nServer: Apache/2.4.58 (Debian)\r\nContent-Type: text/html\r\n\r\n<html><title>Hi</title>"] = {
      status = 200, reason = "OK", server = "Apache/2.4.58 (Debian)", title = "Hi", product = "Apache",
      version = "2.4.58", os = "Debian", vendor = "apache", cpe = "apache:http_server",
    },
    ["HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<p>SSH-2.0-OpenSSH_9.6 220 ESMTP +OK POP3</p>"] = {
      status = 400, reason = "Bad Request", server = "nginx", product = "nginx", vendor = "f5", cpe = "f5:nginx",
    },
    ["HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"router\"\r\n\r\n"] = {
      status = 401, reason = "Unauthorized", realm = "router",
    },
    ["HTTP/1.1 200 OK\r\n\r\n{ \"couchdb\": \"Welcome\", \"version\": \"3.9.9\" }"] = {
      status = 200, reason = "OK", application = "couchdb", application_version = "3.9.9",
    },
    ["HTTP/1.1 200 OK\r\n\r\n{\n \"version\" : { \"number\" : \"8.99.0\" },\n \"tagline\" : \"You Know, for Search\"\n}"] = {
      status = 200, reason = "OK", application = "elasticsearch", application_version = "8.99.0",
    },
    ['HTTP/1.1 200 OK\r\n\r\n{ "version": { "number": "2.99.0" }, "tagline": "The OpenSearch Project: https://x/" }'] = {
      status = 200, reason = "OK", application = "opensearch", application_version = "2.99.0",
    },
    ["HTTP/1.1 200 OK\r\n\r\n{\"couchdb\":\"Welcome\",\"vendor\":{\"version\":\"14\"},\"version\":\"1.9.9\"}"] = {
      status = 200, reason = "OK", application = "couchdb", application_version = "1.9.9",
    },
    ["HTTP/1.1 204 No Content\r\nX-Influxdb-Version: 1.8.99\r\n\r\n"] = {
      status = 204, reason = "No Content", application = "influxdb", application_version = "1.8.99",
    },
    ["HTTP/1.1 200 OK\r\n\r\n# HELP go_goroutines Number\n"] = { status = 200, reason = "OK", application = "prometheus" },
    ["UNKNOWN 400 Bad Request\r\nServer: mini_httpd/1.99 1Jan2099\r\n\r\n"] = {
      status = 400, reason = "Bad Request", server = "mini_httpd/1.99 1Jan2099", product = "mini_httpd", version = "1.99",
      vendor = "acme", cpe = "acme:mini_httpd",
    },
    [" 501 Not Implemented\r\nContent-Type: text/html\r\nServer: Debian/6.1 UPnP/1.1 MiniUPnPd/2.99\r\n\r\n"] = {
      status = 501, reason = "Not Implemented", server = "Debian/6.1 UPnP/1.1 MiniUPnPd/2.99", product = "MiniUPnPd",
      version = "2.99", os = "Debian",
    },
    ["HTTP/1.1 200\r\n\r\n"] = { status = 200 },
    ["\r\nHTTP/1.1 404 Not Found\r\n\r\n"] = { status = 404, reason = "Not Found" },
    ["HTTP/1.0 404 Not Found"] = { status = 404, reason = "Not Found" },
  },
  maybe_examples = {
    "<html><body>It works</body></html>", "<!DOCTYPE html>\n<html><head>", "HTTP/1.1  Bad Request\r\n\r\n", "HTTP 200 OK\r\n",
    "<H1>No</H1>\n", "<title>Box</title>", "<?xml version='1.0'?>\n<!DOCTYPE html>", "404 Not Found\r\n", "HTTP/1.",
    "Content-type: text/html\r\n\r\nHi" },
  not_this = {
    " 501 Not Implemented\r\n", "HTTP is not spoken here\r\n", "https only\r\n",
    "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "HTTP",
    "<?xml version=\"1.0\"?><stream:stream id='1'>",
  },
}
