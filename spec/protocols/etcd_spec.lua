local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("GET", "/version", 2379)

behaves("etcd", {
  { "a server", { { asked }, http.answer("200 OK", "", '{"etcdserver":"3.5.9","etcdcluster":"3.5.0"}') }, sent = asked,
    fields = { version = "3.5.9", cluster_version = "3.5.0" } },
  { "a server of version 2", { http.chunked("200 OK", "", '{"etcdserver":"2.3.8","etcdcluster":"2.3.0"}', 5) },
    fields = { version = "2.3.8", cluster_version = "2.3.0" } },
  hostile = {
    { "a version that never ends", { "HTTP/1.1 200 OK\r\n\r\n" .. '{"etcdserver":"' .. ("3"):rep(20000) }, fields = {} },
  },
})
