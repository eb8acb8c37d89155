local behaves = require "spec.support.behaves"

local info = 'INFO {"server_id":"NDX","server_name":"hub","version":"2.9.10","proto":1,"go":"go1.19.4","host":"0.0.0.0",' ..
  '"port":4222,"headers":true,"tls_required":true,"max_payload":1048576,"client_id":5} \r\n'

behaves("nats", {
  { "a server", { info }, sent = "", fields = {
    server_name = "hub", version = "2.9.10", go_version = "go1.19.4", auth_required = false, tls_required = true,
    jetstream = false, max_payload = 1048576,
  } },
  { "a server of a cluster with logins", {
    (info:gsub("tls_required", "auth_required"):gsub('"proto"', '"cluster":"the \\"c\\"","proto"')),
  }, fields = {
      server_name = "hub", version = "2.9.10", go_version = "go1.19.4", auth_required = true, tls_required = false,
      jetstream = false, max_payload = 1048576, cluster = 'the "c"',
    } },
  { "a server that refuses", { "-ERR 'maximum connections exceeded'\r\n" }, fields = { error = "maximum connections exceeded" } },
  hostile = {
    { "an INFO that never ends", { "INFO {" .. ("x"):rep(40000) }, outcome = "overflow", fields = {} },
    { "an INFO of nothing", { "INFO \r\n" }, fields = {} },
    { "another server's error", { "-ERR unknown\r\n" }, fields = {} },
  },
})
