local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = "OPTIONS http://sonde.invalid/ HTTP/1.1\r\nHost: sonde.invalid\r\n" ..
  "User-Agent: Sonde/0.1 (Internet measurement)\r\nAccept: */*\r\nMax-Forwards: 0\r\nConnection: close\r\n\r\n"

behaves("http_proxy", {
  { "Squid, which does not do that", {
    { asked },
    http.answer("501 Not Implemented",
      "Server: squid/5.7\r\nX-Squid-Error: ERR_UNSUP_REQ 0\r\nVia: 1.1 door (squid/5.7)\r\n", "no"),
  }, sent = asked, fields = { status = 501, server = "squid/5.7", error = "ERR_UNSUP_REQ", via = "1.1 door (squid/5.7)" } },
  { "a proxy that says what it allows", { { asked }, http.answer("200 OK", "Via: 1.1 a\r\nAllow: GET,CONNECT\r\n", "") },
    fields = { status = 200, via = "1.1 a", methods = { "GET", "CONNECT" } } },
  { "a proxy for those it knows", { http.answer("407 Who", "Proxy-Authenticate: Basic realm=x\r\nProxy-agent: Apache\r\n", "") },
    fields = { status = 407, authenticate = "basic", server = "Apache" } },
  hostile = {
    { "a server that is none", { http.answer("400 Bad Request", "Server: nginx\r\n", "no") }, fields = {} },
    { "header fields without end", { "HTTP/1.1 407 No\r\n" .. ("A: b\r\n"):rep(200) }, fields = {} },
  },
})
