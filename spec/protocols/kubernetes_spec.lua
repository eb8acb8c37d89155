local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("GET", "/version", 8001)

behaves("kubernetes", {
  { "an API server", { { asked }, http.answer("200 OK", "", [[{
  "major": "1",
  "minor": "29",
  "gitVersion": "v1.29.1",
  "gitCommit": "bc401b91f2782410b3fb3f9acf43a995c4de90d2",
  "goVersion": "go1.21.6",
  "compiler": "gc",
  "platform": "linux/amd64"
}]]) }, sent = asked, fields = {
    status = 200, version = "v1.29.1", platform = "linux/amd64", go_version = "go1.21.6",
  } },
  { "one that refuses", { http.answer("401 Unauthorized", "", '{"kind":"Status","apiVersion":"v1","metadata":{},' ..
    '"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}') },
    fields = { status = 401, message = "Unauthorized", reason = "Unauthorized" } },
  hostile = {
    { "a status of another kind", { http.answer("200 OK", "", '{"kind":"Status"}') }, fields = {} },
  },
})
