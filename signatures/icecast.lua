-- SHOUTcast: the stream's own status line (SHOUTcast protocol; Icecast answers in HTTP).
local header = I "icy-name:" * sp * field("title", line) + line

return {
  protocol = "icecast", reference = "SHOUTcast 1 protocol", ports = { 8000, 8001 }, handshakes = { "http", "icecast" },
  starts = { "ICY " },
  pattern = Ct("ICY " * number("status", digit * digit * digit) * line * (crlf * header) ^ 0),
  examples = { ["ICY 200 OK\r\nicy-name:Example Radio\r\nicy-br:128\r\n\r\n"] = { status = 200, title = "Example Radio" } },
  not_this = { "ICY\r\n" },
}
