local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local function request(host)
  return "GET / HTTP/1.1\r\nHost: " .. host .. "\r\nUser-Agent: Sonde/0.1 (Internet measurement)\r\n" ..
    "Accept: */*\r\nConnection: close\r\n\r\n"
end

local plain = request "198.18.0.7"

behaves("http", {
  { "a page with a title", {
    { plain },
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 58\r\n\r\n" ..
    "<html><head><TITLE lang=en>\r\n  Front   door\r\n</Title></head>",
  }, sent = plain, fields = {
    protocol_version = "1.1", status = 200, reason = "OK", server = "nginx/1.22.1",
    content_type = "text/html; charset=utf-8", content_length = 58, title = "Front door",
  } },
  { "a redirection without a body", {
    "HTTP/1.0 301 Moved Permanently\r\nlocation: https://door.example/\r\nSERVER:lighttpd\r\ncontent-length: 0\r\n\r\n",
  }, fields = {
    protocol_version = "1.0", status = 301, reason = "Moved Permanently", location = "https://door.example/",
    server = "lighttpd", content_length = 0,
  } },
  { "an answer without a reason, in bare lines", { "HTTP/1.1 204\nServer: tiny\n\n" }, fields = {
    protocol_version = "1.1", status = 204, reason = "", server = "tiny",
  } },
  { "an interim answer before the real one", {
    "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n",
  }, fields = { protocol_version = "1.1", status = 304, reason = "Not Modified" } },
  { "a body in chunks", {
    "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno.\r\n0\r\n\r\n",
  }, fields = { protocol_version = "1.1", status = 404, reason = "Not Found" } },
  { "a body that ends with the connection", { "HTTP/1.0 200 OK\r\n\r\nhello" },
    options = { ending = "close" }, outcome = "closed",
    fields = { protocol_version = "1.0", status = 200, reason = "OK" } },
  growing = { "reason" },
  hostile = {
    { "a status line of 100 kB", { "HTTP/1.1 200 " .. ("x"):rep(100000) }, outcome = "overflow", fields = {} },
    { "header fields without end", { "HTTP/1.1 200 OK\r\n" .. ("A: b\r\n"):rep(200) } },
    { "interim answers without end", { ("HTTP/1.1 100 Continue\r\n\r\n"):rep(20) }, fields = {} },
    { "a length that is none", { "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx" }, ending = "close",
      outcome = "closed", fields = { protocol_version = "1.1", status = 200, reason = "OK" } },
    { "titles that never end", { "HTTP/1.1 200 OK\r\n\r\n" .. ("<title>"):rep(2000) }, outcome = "done",
      fields = { protocol_version = "1.1", status = 200, reason = "OK" } },
    { "a status that is no number", { "HTTP/1.1 2x0 OK\r\n\r\n" }, fields = {} },
  },
})

describe("protocol http", function()
  it("names the host as it was given, in brackets where it must, with a port that is not the default", function()
    local http = peer.load "http"
    local function sent(host, port) return peer.run(http, {}, { host = host, port = port }).sent end
    assert.equal(request "[2001:db8::1]", sent("2001:db8::1", 80))
    assert.equal(request "door.example:8080", sent("door.example", 8080))
  end)
end)
