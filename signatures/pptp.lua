-- PPTP: control messages that answer, Start-Control-Connection-Reply above all (RFC 2637 section 2).
local cookie = P "\26\43\60\77"
local name = (1 - R "\0\31") ^ 0
local reply = "\0\156\0\1" * cookie * "\0\2\0\0" * P(2) * be_number("result", 1, 0, 5) * P(1) * P(4) * P(4) * P(2)
  * be_number("firmware", 2, 0, 65535) * #P(64) * field("host", name)
  * (find { "\0" } * (P "\0" ^ 1 + P(true)) * field("vendor", (1 - R "\0\31") ^ 1)) ^ -1
local other = "\0" * S "\16\20\24\148" * "\0\1" * cookie * "\0" * S "\3\4\6\8\12\13" * "\0\0"

return {
  protocol = "pptp", reference = "RFC 2637", ports = { 1723 },
  starts = { "\0" * P(1) * "\0\1" * cookie }, first = "\0",
  pattern = Ct(reply + other),
  examples = {
    ["\0\156\0\1\26\43\60\77\0\2\0\0\1\0\1\0\0\0\0\3\0\0\0\3\0\0\0\18gate" .. ("\0"):rep(60) .. "Example" .. ("\0"):rep(57)] = {
      result = 1, firmware = 18, host = "gate", vendor = "Example",
    },
    ["\0\16\0\1\26\43\60\77\0\4\0\0\1\0\0\0"] = {},
  },
  not_this = { "\0\156\0\1\26\43\60\77\0\1\0\0\1\0" .. ("\0"):rep(142) },
}
