local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("GET", "/", 5984)

behaves("couchdb", {
  { "a server", {
    { asked }, http.answer("200 OK", "Server: CouchDB/3.3.3 (Erlang OTP/24)\r\n", '{"couchdb":"Welcome","version":"3.3.3",' ..
      '"git_sha":"40afbcfc7","features":["scheduler"],"vendor":{"name":"The Apache Software Foundation"}}\n'),
  }, sent = asked, fields = {
    status = 200, server = "CouchDB/3.3.3 (Erlang OTP/24)", version = "3.3.3", vendor = "The Apache Software Foundation",
  } },
  { "a server behind another", { http.chunked("200 OK", "Server: nginx\r\n", '{"couchdb":"Welcome","version":"2.1.1"}', 9) },
    fields = { status = 200, server = "nginx", version = "2.1.1" } },
  { "a server that refuses", {
    http.answer("401 Unauthorized", "Server: CouchDB/3.1.1\r\n", '{"error":"unauthorized"}'),
  }, fields = { status = 401, server = "CouchDB/3.1.1" } },
  { "a server whose vendor's version comes before its own", { http.answer("200 OK", "Server: CouchDB/1.6.1\r\n",
    '{"couchdb":"Welcome","vendor":{"name":"Ubuntu","version":"14.04"},"version":"1.6.1"}') },
    fields = { status = 200, server = "CouchDB/1.6.1", version = "1.6.1", vendor = "Ubuntu" } },
  hostile = {
    { "a page that only mentions it", { http.answer("200 OK", "", "<h1>couchdb</h1>") }, fields = {} },
  },
})
