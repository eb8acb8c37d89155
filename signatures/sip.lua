-- SIP responses over TCP (RFC 3261 section 7.2).
local header = I "server:" * sp * field("server", line) + I "user-agent:" * sp * field("server", line)
  + I "allow:" * sp * field("allow", line) + line
-- what a peer asks of its own accord, and our handshake never does
local request = P "REGISTER" + "INVITE" + "NOTIFY" + "SUBSCRIBE" + "MESSAGE" + "PUBLISH"

return {
  protocol = "sip", reference = "RFC 3261", ports = { 5060, 5061 },
  starts = { S "\r\n" ^ -4 * I "sip/2.0 ", request * " sip" }, first = "\r\nSsRINMP",
  pattern = describe(Ct(request * " sip" * S "s" ^ -1 * ":" * token * " SIP/2.0" * crlf
    + S "\r\n" ^ -4 * I "sip/2.0" * P " " ^ 1 * number("status", digit * digit * digit) * (" " * field("reason", line) + line)
    * (crlf * header) ^ 0), "server"),
  examples = {
    ["SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 192.0.2.7:5060\r\nServer: Kamailio 5.9.9\r\nAllow: OPTIONS, INVITE\r\n\r\n"] = {
      status = 200, reason = "OK", server = "Kamailio 5.9.9", allow = "OPTIONS, INVITE", product = "Kamailio",
      version = "5.9.9", vendor = "kamailio", cpe = "kamailio:kamailio",
    },
    ["NOTIFY sip:a@192.0.2.7 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.8\r\n\r\n"] = {},
    ["SIP/2.0 400 Bad Request\r\n\r\n"] = { status = 400, reason = "Bad Request" },
  },
  not_this = { "OPTIONS sip:a@example.org SIP/2.0\r\n\r\n", "SIP/2.0\r\n" },
}
