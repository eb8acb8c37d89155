local behaves = require "spec.support.behaves"
local http_text = require "spec.support.http"
local peer = require "spec.support.peer"

local function request(host, path, persistent)
  return "GET " .. (path or "/") .. " HTTP/1.1\r\nHost: " .. host .. "\r\nUser-Agent: Sonde/0.1 (Internet measurement)\r\n" ..
    "Accept: */*\r\n" .. (persistent and "" or "Connection: close\r\n") .. "\r\n"
end

local plain = request "198.18.0.7"
local page = "<html><head><TITLE lang=en>\r\n  Front   door\r\n</Title></head>"
local form = "<form><input name=a><INPUT Type='password' name=b></form>"

behaves("http", {
  { "a page with a title", {
    { plain },
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 58\r\n\r\n" .. page,
  }, sent = plain, fields = {
    protocol_version = "1.1", status = 200, reason = "OK", server = "nginx/1.22.1",
    content_type = "text/html; charset=utf-8", content_length = 58, title = "Front door", body_length = 58,
    body_sha256 = "070aa3d750d7c02e485a4cc3975454cd4152b19381b655fde42a9a8f4875697e",
    headers = { "Server: nginx/1.22.1", "Content-Type: text/html; charset=utf-8", "Content-Length: 58" },
  } },
  { "a redirection without a body", {
    "HTTP/1.0 301 Moved Permanently\r\nlocation: https://door.example/\r\nSERVER:lighttpd\r\ncontent-length: 0\r\n\r\n",
  }, fields = {
    protocol_version = "1.0", status = 301, reason = "Moved Permanently", location = "https://door.example/",
    server = "lighttpd", content_length = 0, body_length = 0,
    headers = { "location: https://door.example/", "SERVER: lighttpd", "content-length: 0" },
  } },
  { "an answer without a reason, in bare lines", { "HTTP/1.1 204\nServer: tiny\n\n" }, fields = {
    protocol_version = "1.1", status = 204, reason = "", server = "tiny", headers = { "Server: tiny" }, body_length = 0,
  } },
  { "an interim answer before the real one", {
    "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n",
  }, fields = { protocol_version = "1.1", status = 304, reason = "Not Modified", body_length = 0 } },
  { "a body in chunks, and a realm", {
    "HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\nWWW-Authenticate: Digest realm=x\r\nWWW-Authenticate: Basic\r\n\r\n" ..
    "3\r\nno.\r\n0\r\n\r\n",
  }, fields = {
    protocol_version = "1.1", status = 401, reason = "No", login = "digest", body_length = 3,
    body_sha256 = "3b20ece829b0bd68ea5ad35b61c6b4c221595ee1757addfcb7cfa30e60a46e04",
    headers = { "Transfer-Encoding: chunked", "WWW-Authenticate: Digest realm=x", "WWW-Authenticate: Basic" },
  } },
  growing = { "reason" },
  hostile = {
    { "a status line of 100 kB", { "HTTP/1.1 200 " .. ("x"):rep(100000) }, outcome = "overflow", fields = {} },
    { "header fields without end", { "HTTP/1.1 200 OK\r\n" .. ("A: b\r\n"):rep(200) } },
    { "interim answers without end", { ("HTTP/1.1 100 Continue\r\n\r\n"):rep(20) }, fields = {} },
    { "a length that is none", { "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx" },
      fields = { protocol_version = "1.1", status = 200, reason = "OK", headers = { "Content-Length: 99999999999999999999" } } },
    { "titles that never end", { "HTTP/1.1 200 OK\r\n\r\n" .. ("<title>"):rep(2000) }, outcome = "timeout" },
    { "a body that is cut off", { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx" }, ending = "close", outcome = "closed" },
    { "a status that is no number", { "HTTP/1.1 2x0 OK\r\n\r\n" }, fields = {} },
  },
})

describe("protocol http", function()
  local http = peer.load "http"

  it("names the host as it was given, in brackets where it must, with a port that is not the default", function()
    local function sent(host, port) return peer.run(http, {}, { host = host, port = port }).sent end
    assert.equal(request "[2001:db8::1]", sent("2001:db8::1", 80))
    assert.equal(request "door.example:8080", sent("door.example", 8080))
  end)

  it("takes a body that ends with the connection for whole", function()
    local result = peer.run(http, { "HTTP/1.0 200 OK\r\n\r\n" .. form }, { ending = "close", chunk = 1 })
    assert.same({ "done", "form", #form }, { result.outcome, result.record.login, result.record.body_length })
    assert.equal("433716482b1d8d02e7dfbcb0fad416f9afc25bf2c0cf441aa0c6bc8a15619cae", result.record.body_sha256)
    result = peer.run(http, { "HTTP/1.0 200 OK\r\n\r\n" .. form }, { ending = "reset" })
    assert.same({ "reset" }, { result.outcome, result.record.login })
  end)

  it("reads no more of a page than its cap", function()
    local result = peer.run(http, { http_text.answer("200 OK", "", ("x"):rep(100000)) })
    assert.same({ "done", 65536, 100000 }, { result.outcome, result.record.body_length, result.record.content_length })
    assert.equal(64, #peer.run(http, { http_text.answer("200 OK", ("A: b\r\n"):rep(90), "") }).record.headers)
  end)

  -- A server that leads from one place to the next, as a policy may ask to follow.
  local function follow_on(options, ...)
    local steps = {}
    for _, answer in ipairs { ... } do
      steps[#steps + 1] = function() return answer end
    end
    return peer.run(http, steps, options)
  end
  local function follow(redirects, ...) return follow_on({ redirects = redirects, port = 80 }, ...) end
  local function led(to, more) return http_text.answer("302 Found", "Location: " .. to .. "\r\n" .. (more or ""), "") end
  local welcome = http_text.answer("200 OK", "Server: x\r\n", "<title>In</title>")

  it("follows redirections within the host only where it is asked to, on the same connection", function()
    assert.same({ "/a" }, { follow(nil, led "/a").record.location })
    local result = follow(3, led "/a?b=1#c", led "http://198.18.0.7/d", led "http://198.18.0.7:80", welcome)
    assert.same({ "done", { "/a?b=1", "/d", "/" }, "In", 200 },
      { result.outcome, result.record.redirects, result.record.title, result.record.status })
    assert.is_nil(result.record.location)
    assert.equal(request("198.18.0.7", "/", true) .. request("198.18.0.7", "/a?b=1", true) .. request("198.18.0.7", "/d", true) ..
      request("198.18.0.7", "/"), result.sent)
  end)

  it("knows the scheme and its port inside TLS", function()
    local options = { redirects = 2, port = 443, inside = true }
    local result = follow_on(options, led "https://198.18.0.7/a", led "https://198.18.0.7:443/b", welcome)
    assert.same({ { "/a", "/b" }, "In" }, { result.record.redirects, result.record.title })
    assert.equal(request("198.18.0.7", "/", true), result.first_sent)
    assert.equal("http://198.18.0.7:443/a", follow_on(options, led "http://198.18.0.7:443/a").record.location)
    assert.is_nil(follow_on(options, led "http://198.18.0.7/a").record.redirects)
  end)

  it("stops where it has followed often enough, and does not leave host, port or the clear", function()
    local record = follow(1, led "/a", led "/b").record
    assert.same({ { "/a" }, "/b" }, { record.redirects, record.location })
    for _, location in ipairs {
      "https://198.18.0.7/", "http://other.example/", "http://198.18.0.7:8080/", "//other.example/", "a b", "ftp://x/", "/\tx",
    } do
      local result = follow(2, led(location))
      assert.same({ "done", location }, { result.outcome, result.record.location })
    end
    assert.equal("/a", follow(2, led("/a", "Connection: close\r\n")).record.location)
    assert.equal(5, #follow(100, led "/a", led "/a", led "/a", led "/a", led "/a", led "/a", led "/a").record.redirects)
  end)
end)
