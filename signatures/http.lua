-- HTTP/1 responses (RFC 9112 section 4), whatever was asked, and pages without a status line (HTTP/0.9).
local header = I "server:" * sp * field("server", line)
  + I "www-authenticate:" * sp * (token * sp * I 'realm="' * field("realm", (1 - S '"\r\n') ^ 0)) ^ -1 * line
  + line
local title = find { "<title" } * (1 - S ">") ^ 0 * ">" * S " \t\r\n" ^ 0 * field("title", (1 - S "<\r\n") ^ -200)
local response = Ct("HTTP/" * digit * "." * digit * " " * number("status", digit * digit * digits)
  * (" " * field("reason", line) + line) * crlf ^ -1
  * (#(1 - S "\r\n") * header * crlf) ^ 0
  * (crlf * title) ^ -1)

return {
  protocol = "http", reference = "RFC 9112", ports = { 80, 8080, 8000, 8888 },
  starts = { "HTTP/", "<", "\r\n<", "\n<", " <" },
  pattern = describe(response, "server"),
  maybe = Ct(S " \r\n\t" ^ 0 * "<" * (I "html" + I "!doctype html" + I "head>" + I "body") * (title + P(true))),
  examples = {
    ["HTTP/1.1 200 OK\r\nServer: Apache/2.4.58 (Debian)\r\nContent-Type: text/html\r\n\r\n<html><title>Hi</title>"] = {
      status = 200, reason = "OK", server = "Apache/2.4.58 (Debian)", title = "Hi", product = "Apache",
      version = "2.4.58", os = "Debian", vendor = "apache", cpe = "apache:http_server",
    },
    ["HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<p>SSH-2.0-OpenSSH_9.6 220 ESMTP +OK POP3</p>"] = {
      status = 400, reason = "Bad Request", server = "nginx", product = "nginx", vendor = "f5", cpe = "f5:nginx",
    },
    ["HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"router\"\r\n\r\n"] = {
      status = 401, reason = "Unauthorized", realm = "router",
    },
    ["HTTP/1.1 200\r\n\r\n"] = { status = 200 },
    ["HTTP/1.0 404 Not Found"] = { status = 404, reason = "Not Found" },
  },
  maybe_examples = { "<html><body>It works</body></html>", "<!DOCTYPE html>\n<html><head>" },
  not_this = { "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "HTTP", "<?xml version=\"1.0\"?><stream:stream id='1'>" },
}
