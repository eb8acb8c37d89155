-- Ident: a user or an error for a pair of ports (RFC 1413 section 4), or a user for the nothing that was asked (nullidentd).
local user = sp * I "userid" * sp * ":" * sp * field("system", (1 - S " ,:\r\n") ^ 1)

return {
  protocol = "ident", reference = "RFC 1413", ports = { 113 },
  starts = { sp * digits * sp * ",", (sp * ":") ^ -1 * sp * "ERROR", " : USERID :" }, first = "0123456789 :E",
  -- some leave the ports out where they did not understand any
  pattern = Ct((sp * ":") ^ -1 * sp * "ERROR" * sp * ":" * sp * field("error", P "UNKNOWN-ERROR" + "NO-USER" + "INVALID-PORT"
      + "HIDDEN-USER") * sp * crlf
    + sp * digits * sp * "," * sp * digits * sp * ":" * (sp * I "error" * sp * ":" * sp * field("error", token) + user)
    + " :" * #P " USERID : " * user),
  examples = {
    ["ERROR : UNKNOWN-ERROR\r\n"] = { error = "UNKNOWN-ERROR" },
    ["22, 40000 : ERROR : NO-USER\r\n"] = { error = "NO-USER" },
    ["22,40000:USERID:UNIX:root\r\n"] = { system = "UNIX" },
    [" : USERID : UNIX : lab\r\n"] = { system = "UNIX" },
  },
  not_this = { "22, 40000\r\n" },
}
