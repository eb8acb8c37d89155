local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("GET", "/metrics", 9090)
local metrics = [[
# HELP go_info Information about the Go environment.
# TYPE go_info gauge
go_info{version="go1.19.8"} 1
# HELP node_exporter_build_info A metric with a constant '1' value.
# TYPE node_exporter_build_info gauge
node_exporter_build_info{branch="debian/sid",goversion="go1.19.8",revision="1.5.0-1+b6",version="1.5.0"} 1
# HELP node_load1 1m load average.
]]

behaves("prometheus", {
  { "an exporter", { { asked }, http.answer("200 OK", "Content-Type: text/plain; version=0.0.4\r\n", metrics) }, sent = asked,
    fields = {
      content_type = "text/plain; version=0.0.4", build = "node_exporter", version = "1.5.0", go_version = "go1.19.8",
      metrics = { "go_info", "node_exporter_build_info" },
    } },
  { "a larger one that says no version, in chunks", {
    http.chunked("200 OK", "", ("# TYPE a_b counter\na_b{c=\"d\"} 1\n"):rep(100), 77),
  }, fields = { metrics = (function()
    local list = {}
    for index = 1, 64 do list[index] = "a_b" end
    return list
  end)() } },
  hostile = {
    { "a text that has none", { http.answer("200 OK", "", "# a comment\nhello\n") }, fields = {} },
    { "lines without end", { "HTTP/1.1 200 OK\r\n\r\n" .. ("# TYPE "):rep(12000) }, fields = {} },
  },
})
