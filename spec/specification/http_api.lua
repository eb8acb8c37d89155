-- What is true of the servers in spec/worlds/servers/http_api.lua.

local function request(line, more) return line .. " HTTP/1.1\r\nHost: c\r\n" .. (more or "") .. "\r\n" end
local function post(body)
  return request("POST /", ("Content-Type: application/json\r\nContent-Length: %d\r\n"):format(#body)) .. body
end
local function says(status, words)
  return function(received)
    return received:find("HTTP/1.1 " .. status .. "\r\n", 1, true) == 1 and received:find(words, 1, true)
  end
end

local function has_length(received)
  local length, body = received:match "\r\nContent%-Length: (%d+)\r\n\r\n(.*)$"
  return length and tonumber(length) == #body
end

-- A Go server takes an empty line for a request; others wait for one after it.
local go = { http = "http", tls = "http", newlines = "http" }
local other = { http = "http", tls = "http" }
local COUCHDB, SEARCH = "the CouchDB API reference", "Elasticsearch's REST API reference"
local DOCKER, KUBERNETES = "the Docker Engine API reference", "the Kubernetes API reference"
local ETHEREUM = "the Ethereum execution APIs and JSON-RPC 2.0"
local FORBIDDEN = 'forbidden: User "system:anonymous" cannot get path "/version"'
local QUESTION = '{"jsonrpc":"2.0","method":"web3_clientVersion","id":67}'
-- Free: the minor version, since 1.0 is answered as well, and in the field Host the blank and the letter, since "!c" and "b" are
-- names, too (RFC 3986 section 3.2.2).
local function strict(what, sent, received, number)
  local at = sent:find("HTTP/1.1", 1, true)
  return { what, sent, received, host = number, free = { at + 7, at + 15, at + 16 } }
end

return {
  specification = "RFC 9112",
  hosts = {
    { handshake = "couchdb", service = "http", specification = COUCHDB, ways = other, fields = {
      status = 200, server = "CouchDB/3.3.3 (Erlang OTP/24)", version = "1.3.1", vendor = "The Apache Software Foundation",
    } },
    { handshake = "couchdb", service = "http", specification = COUCHDB, ways = other, fields = {
      status = 200, server = "CouchDB/3.3.3 (Erlang OTP/24)", version = "1.6.1", vendor = "Ubuntu",
    } },
    { handshake = "couchdb", service = "http", specification = COUCHDB, ways = other, fields = {
      status = 401, server = "CouchDB/3.3.3 (Erlang OTP/24)", version = "3.3.3", vendor = "apache",   -- as its header has it
    } },
    { handshake = "docker", service = "http", specification = DOCKER, ways = go, fields = {
      status = 200, server = "Docker/20.10.24 (linux)", api_version = "1.41", os = "linux", builder_version = "2",
      experimental = false,
    } },
    { handshake = "elasticsearch", service = "http", specification = SEARCH, ways = other, fields = {
      status = 200, version = "8.12.1", cluster_name = "my_test_cluster", node = "instance-0000000000", lucene_version = "9.9.2",
    } },
    { handshake = "elasticsearch", service = "http", specification = SEARCH, ways = other, fields = {
      status = 401, error = "security_exception",
    } },
    { handshake = "jsonrpc", service = "http", specification = ETHEREUM, ways = go, fields = {
      client = "Mist/v0.9.3/darwin/go1.4.1",
    } },
    { handshake = "jsonrpc", service = "http", specification = ETHEREUM, ways = go, fields = {
      error = "the method web3_clientVersion does not exist/is not available",
    } },
    { handshake = "kubernetes", specification = KUBERNETES, fields = {
      status = 200, version = "v1.29.1", platform = "linux/amd64", go_version = "go1.21.6",
    }, ways = { http = "kubernetes", tls = "http", newlines = "http" } },
    { handshake = "kubernetes", specification = KUBERNETES, fields = { status = 403, message = FORBIDDEN, reason = "Forbidden" },
      ways = { http = "kubernetes", tls = "http", newlines = "http" } },
    { handshake = "kubernetes", specification = KUBERNETES,
      fields = { status = 401, message = "Unauthorized", reason = "Unauthorized" },
      ways = { http = "kubernetes", tls = "http", newlines = "http" } },
    { handshake = "elasticsearch", service = "http", specification = SEARCH, ways = other, fields = {
      status = 200, version = "2.11.0", distribution = "opensearch", cluster_name = "opensearch-cluster", node = "node-1",
      lucene_version = "9.7.0",
    } },
    { handshake = "elasticsearch", service = "http", specification = SEARCH, ways = other, fields = {
      status = 401, distribution = "opensearch",
    } },
  },
  asks = {
    { "the length that it names is that of the body", request "GET /", has_length },
    { "another database", request "GET /no", says("404 Object Not Found", "not_found") },
    { "two fields of the name Host (RFC 9112 section 3.2)", request("GET /", "host: b\r\n"), says("400 Bad Request", ""),
      "closed" },
    { "a request without Host", "GET / HTTP/1.1\r\n\r\n", says("400 Bad Request", ""), "closed" },
    { "HTTP/2.0 in words", "GET / HTTP/2.0\r\n\r\n", says("505 HTTP Version Not Supported", ""), "closed" },
    { "an empty line before the request (section 2.2)", "\r\n" .. request "GET /", says("200 OK", "Welcome") },
    { "a blank before a colon (section 5.1)", "GET / HTTP/1.1\r\nHost : c\r\n\r\n", says("400 Bad Request", ""),
      "closed" },
    { "a client that wants the connection closed", request("GET /", "Connection: close\r\n"), says("200 OK", "Welcome"),
      "closed" },
    { "Ping with a version of the API", request "GET /v1.41/_ping", says("200 OK", "Swarm: inactive"), host = 4 },
    { "web3_clientVersion, as the reference has it", post(QUESTION), says("200 OK",
      '{"jsonrpc":"2.0","id":67,"result":"Mist/v0.9.3/darwin/go1.4.1"}'), host = 7 },
    { "text that is no JSON (JSON-RPC 2.0 section 7)", post '{"jsonrpc":"2.0","method":"foobar,"params":"bar","baz]',
      says("200 OK", '"id":null,"error":{"code":-32700'), host = 7 },
    { "a method that is none (JSON-RPC 2.0 section 7)", post '{"jsonrpc":"2.0","method":"foobar","id":"1"}',
      says("200 OK", '"id":"1","error":{"code":-32601'), host = 7 },
    { "a request that is none (JSON-RPC 2.0 section 7)", post '{"jsonrpc":"2.0","method":1,"params":"bar"}',
      says("200 OK", '"id":null,"error":{"code":-32600'), host = 7 },
  },
  strict = {
    strict("the welcome", request "GET /", says("200 OK", "Welcome")),
    strict("Ping", request "GET /_ping", says("200 OK", "\r\n\r\nOK"), 4),
    strict("the cluster", request "GET /", says("200 OK", "You Know, for Search"), 5),
    strict("the client's version", post(QUESTION), says("200 OK", '"id":67,"result":"Mist'), 7),
    strict("the version", request "GET /version", says("200 OK", "v1.29.1"), 9),
  },
}
