-- Gnutella: the answer to GNUTELLA CONNECT (Gnutella protocol 0.6, RFC draft section 2).
local header = I "user-agent:" * sp * field("server", line) + line

return {
  protocol = "gnutella", reference = "Gnutella 0.6", ports = { 6346, 6347 },
  starts = { "GNUTELLA/0.", "GNUTELLA OK" },
  pattern = describe(Ct("GNUTELLA/0." * digit * " " * number("status", digit * digit * digit) * " " * field("reason", line)
    * (crlf * header) ^ 0 + "GNUTELLA OK\n\n"), "server"),
  examples = {
    ["GNUTELLA OK\n\n"] = {},
    ["GNUTELLA/0.6 503 Full\r\nUser-Agent: examplepeer/1.2\r\n\r\n"] = {
      status = 503, reason = "Full", server = "examplepeer/1.2", product = "examplepeer", version = "1.2",
    },
  },
  not_this = { "GNUTELLA CONNECT/0.6\r\n", "GNUTELLA/0.6\r\n" },
}
