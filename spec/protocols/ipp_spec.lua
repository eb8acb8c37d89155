local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

-- Get-Printer-Attributes, encoded as in RFC 8010 appendix A.3.
local question = "\1\1\0\11\0\0\0\1\1\71\0\18attributes-charset\0\5utf-8\72\0\27attributes-natural-language\0\2en" ..
  "\69\0\11printer-uri\0\17ipp://198.18.0.7/\68\0\20requested-attributes\0\22printer-make-and-model" ..
  "\68\0\0\0\22ipp-versions-supported\3"
local asked = http.request("POST", "/", 631, question, "application/ipp")

local function answer(body, headers)
  return http.chunked("200 OK", "Server: CUPS/2.4 IPP/2.1\r\nContent-Type: application/ipp\r\n" .. (headers or ""), body, 30)
end

local printer = "\1\1\0\0\0\0\0\1\1\71\0\18attributes-charset\0\5utf-8\4\65\0\22printer-make-and-model\0\11Example 100" ..
  "\68\0\22ipp-versions-supported\0\0031.1\68\0\0\0\0032.0\3"

behaves("ipp", {
  { "a printer", { { asked }, answer(printer) }, sent = asked, fields = {
    status = 200, server = "CUPS/2.4 IPP/2.1", protocol_version = "1.1", status_code = 0, make_and_model = "Example 100",
    versions = { "1.1", "2.0" },
  } },
  { "a server that has no such printer", { answer "\1\1\4\6\0\0\0\1\1\65\0\14status-message\0\9not found\3" }, fields = {
    status = 200, server = "CUPS/2.4 IPP/2.1", protocol_version = "1.1", status_code = 1030, message = "not found",
  } },
  hostile = {
    { "a page", { http.answer("200 OK", "Content-Type: text/html\r\n", "<html>") }, fields = {} },
    { "a value that leaves the message", { answer "\1\1\0\0\0\0\0\1\1\71\0\1a\255\255x" } },
    { "an empty message", { answer "" }, fields = { status = 200, server = "CUPS/2.4 IPP/2.1" } },
    { "attributes without end", { answer("\1\1\0\0\0\0\0\1\1" .. ("\71\0\1a\0\1b"):rep(200)) }, outcome = "done" },
  },
})
