local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("GET", "/", 9200)
local welcome = [[{
  "name" : "node-1",
  "cluster_name" : "archive",
  "cluster_uuid" : "_na_",
  "version" : {
    "number" : "8.11.3",
    "build_flavor" : "default",
    "lucene_version" : "9.8.0"
  },
  "tagline" : "You Know, for Search"
}
]]

behaves("elasticsearch", {
  { "an open server", { { asked }, http.answer("200 OK", "X-elastic-product: Elasticsearch\r\n", welcome) }, sent = asked,
    fields = {
      status = 200, version = "8.11.3", cluster_name = "archive", node = "node-1", lucene_version = "9.8.0",
    } },
  { "an older one, in chunks", { http.chunked("200 OK", "", welcome:gsub("8%.11%.3", "6.8.23"), 50) }, fields = {
    status = 200, version = "6.8.23", cluster_name = "archive", node = "node-1", lucene_version = "9.8.0",
  } },
  { "OpenSearch", { http.answer("200 OK", "", '{"name":"n","cluster_name":"c","version":{"distribution":"opensearch",' ..
    '"number":"2.11.0"},"tagline":"The OpenSearch Project: https://opensearch.org/"}') },
    fields = { status = 200, version = "2.11.0", cluster_name = "c", node = "n", distribution = "opensearch" } },
  { "a server with security on", {
    http.answer("401 Unauthorized", "", '{"error":{"root_cause":[{"type":"security_exception","reason":"missing"}]}}'),
  }, fields = { status = 401, error = "security_exception" } },
  { "OpenSearch with security on, which says no more than a realm", { http.answer("401 Unauthorized",
    'WWW-Authenticate: Basic realm="OpenSearch Security"\r\nContent-Type: text/plain; charset=UTF-8\r\n', "Unauthorized") },
    fields = { status = 401, distribution = "opensearch" } },
  { "one whose name is in quotation marks", { http.answer("200 OK", "X-elastic-product: Elasticsearch\r\n",
    (welcome:gsub('"node%-1"', [["the \"first\""]]))) }, fields = {
      status = 200, version = "8.11.3", cluster_name = "archive", node = 'the "first"', lucene_version = "9.8.0",
    } },
  hostile = {
    { "a page that is not its own", { http.answer("200 OK", "", "<html>You Know, for Search</html>") }, fields = {} },
    { "a body without end", { "HTTP/1.1 200 OK\r\n\r\n" .. ('"number":'):rep(2000) }, fields = {} },
    { "a chunk of 4 GiB", { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n" .. ("x"):rep(9000) },
      fields = {} },
    { "a chunk that has no size", { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" } },
    { "a chunk that is longer than it says", { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxxxx\r\n" } },
    { "a length that is none", { "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx" } },
    { "header fields without end", { "HTTP/1.1 200 OK\r\n" .. ("A: b\r\n"):rep(200) } },
    { "interim answers without end", { ("HTTP/1.1 100 Continue\r\n\r\n"):rep(20) }, fields = {} },
  },
})
