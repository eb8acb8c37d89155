-- IPP: an HTTP response whose content is application/ipp (RFC 8010 section 3.4).
local header = #(1 - S "\r\n") * line * crlf
local ipp = I "content-type:" * sp * "application/ipp"

return {
  protocol = "ipp", reference = "RFC 8010", ports = { 631 }, over = { "http" },
  starts = { "HTTP/1" },
  pattern = describe(Ct("HTTP/1." * digit * " " * number("status", digit * digit * digit) * line * crlf
    * #((header - ipp) ^ 0 * ipp) * ((header - I "server:") ^ 0 * I "server:" * sp * field("server", line)) ^ -1), "server"),
  examples = {
    ["HTTP/1.1 200 OK\r\nServer: CUPS/2.4 IPP/2.1\r\nContent-Type: application/ipp\r\n\r\n\1\1\0\0\0\0\0\1\3"] = {
      status = 200, server = "CUPS/2.4 IPP/2.1", product = "CUPS", version = "2.4", vendor = "openprinting",
        cpe = "openprinting:cups",
    },
  },
  not_this = { "HTTP/1.1 200 OK\r\nServer: CUPS/2.4 IPP/2.1\r\n\r\n",
    "POST / HTTP/1.1\r\nContent-Type: application/ipp\r\n\r\n" },
}
