local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("OPTIONS", "/", 4000)

behaves("http_options", {
  { "a server that says what it allows", {
    { asked }, http.answer("200 OK", "Server: Apache\r\nAllow: GET,POST, OPTIONS,,HEAD\r\nDAV: 1,2\r\n", ""),
  }, sent = asked, fields = {
    protocol_version = "1.1", status = 200, reason = "OK", server = "Apache", dav = "1,2",
    methods = { "GET", "POST", "OPTIONS", "HEAD" },
  } },
  { "one that does not", { "HTTP/1.0 405 Not Allowed\r\nServer: nginx\r\n\r\n" },
    fields = { protocol_version = "1.0", status = 405, reason = "Not Allowed", server = "nginx" } },
  wrong = "done",  -- an answer of HTTP is right
  hostile = {
    { "a server that speaks no HTTP", { "220 ready when you are\r\n500 unknown command\r\n" }, fields = {} },
    { "header fields without end", { "HTTP/1.1 200 OK\r\n" .. ("A: b\r\n"):rep(200) }, fields = {} },
    { "a line that never ends", { "HTTP/1.1 200 " .. ("x"):rep(5000) }, outcome = "overflow", fields = {} },
  },
})
