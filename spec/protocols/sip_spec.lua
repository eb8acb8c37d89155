local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

behaves("sip", {
  { "a server", {
    { 100 }, "SIP/2.0 100 Trying\r\nServer: other\r\n\r\nSIP/2.0 200 OK\r\nVia: SIP/2.0/TCP sonde.invalid\r\n" ..
      "Allow: INVITE, ACK,OPTIONS\r\nAllow: BYE\r\nSupported: path\r\nServer: Example PBX 1.2\r\nContent-Length: 0\r\n\r\n",
  }, fields = {
    status = 200, reason = "OK", server = "Example PBX 1.2", supported = "path",
    methods = { "INVITE", "ACK", "OPTIONS", "BYE" },
  } },
  { "a proxy that goes by the hops", { "SIP/2.0 483 Too Many Hops\r\nUser-Agent : kamailio (5.6.3)\r\n\r\n" },
    fields = { status = 483, reason = "Too Many Hops", user_agent = "kamailio (5.6.3)" } },
  hostile = {
    { "header fields without end", { "SIP/2.0 200 OK\r\n" .. ("A: b\r\n"):rep(100) } },
    { "provisional answers without end", { ("SIP/2.0 100 Trying\r\n\r\n"):rep(20) }, fields = {} },
    { "a line that never ends", { "SIP/2.0 200 " .. ("x"):rep(5000) }, outcome = "overflow", fields = {} },
    { "a request", { "SIP/2.0\r\n" }, fields = {} },
  },
})

describe("protocol sip", function()
  it("asks the server itself, and nobody after it", function()
    local sent = peer.run(peer.load "sip", {}, { host = "2001:db8::7" }).sent
    assert.truthy(sent:find("OPTIONS sip:[2001:db8::7] SIP/2.0\r\n", 1, true))
    assert.truthy(sent:find("\r\nMax-Forwards: 0\r\n", 1, true))
    assert.equal("\r\n\r\n", sent:sub(-4))
  end)
end)
