local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("GET", "/ping", 8086)

behaves("influxdb", {
  { "a server of version 1", {
    { asked }, "HTTP/1.1 204 No Content\r\nX-Influxdb-Build: OSS\r\nX-Influxdb-Version: 1.8.10\r\n\r\n",
  }, sent = asked, fields = { status = 204, version = "1.8.10", build = "OSS" } },
  { "a server of version 2", { "HTTP/1.1 204 No Content\r\nX-Influxdb-Version: v2.7.4\r\n\r\n" },
    fields = { status = 204, version = "v2.7.4" } },
  hostile = { { "a server of another kind", { "HTTP/1.1 204 No Content\r\n\r\n" }, fields = {} } },
})
