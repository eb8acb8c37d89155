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
  { "one that refuses those who are nobody", { http.answer("403 Forbidden", "", [[{
  "kind": "Status",
  "apiVersion": "v1",
  "metadata": {},
  "status": "Failure",
  "message": "forbidden: User \"system:anonymous\" cannot get path \"/version\"",
  "reason": "Forbidden",
  "details": {},
  "code": 403
}]]) }, fields = {
    status = 403, message = 'forbidden: User "system:anonymous" cannot get path "/version"', reason = "Forbidden",
  } },
  { "one whose words have every escape that JSON has", { http.answer("401 Unauthorized", "",
    '{"kind":"Status","apiVersion":"v1",' ..
      [["message":"\"\\\/\b\f\n\r\t\u00e9\u20AC\uD83d\uDe00\ud83d!]] .. [[\uDC00\u0041","reason":"No"}]]) },
    fields = {
      status = 401, reason = "No",
      message = "\"\\/\b\f\n\r\t\195\169\226\130\172\240\159\152\128\239\191\189!\239\191\189A",
    } },
  hostile = {
    { "a text that ends within an escape", { http.answer("401 Unauthorized", "",
      [[{"kind":"Status","apiVersion":"v1","message":"no\]]) }, outcome = "done", fields = { status = 401 } },
    { "a status of another kind", { http.answer("200 OK", "", '{"kind":"Status"}') }, fields = {} },
  },
})
