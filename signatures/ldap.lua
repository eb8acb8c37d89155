-- LDAP: responses to bind, search and extended operations, and the notice of disconnection (RFC 4511 section 4.1.1).
local id = "\2" * ("\1" * P(1) + "\2" * P(2) + "\3" * P(3) + "\4" * P(4))
local result = S "\97\101\103\105\107\109\111\115\120" * der * "\10\1" * be_number("code", 1, 0, 123)
  * "\4" * skip_be(1) * "\4" * Cg(counted_be(1, printable + R "\128\255"), "message")
  + "\115" * der * "\4" * der * I "ldap" + "\121" * der * "\128" * skip_be(1)
  + S "\97\101\120" * der * "\10\2" * be_number("code", 2, 124, 16654) * "\4"
  + S "\97\101\120" * der * "\10\1" * be_number("code", 1, 0, 123) * "\4"
local entry = "\100" * der * "\4" * der * (P "0" + printable)

return {
  protocol = "ldap", reference = "RFC 4511", ports = { 389, 636, 3268, 3269 },
  starts = { "0" * der * id },
  first = "0",
  pattern = Ct("0" * der * id * (result + entry)),
  examples = {
    ["0\26\2\1\2\115\21\4\19ldap://192.0.2.7/ou"] = {},
    ["0\12\2\1\1a\7\10\1\0\4\0\4\0"] = { code = 0, message = "" },
    ["0\30\2\1\0\120\25\10\1\2\4\0\4\18invalid LDAP bytes"] = { code = 2, message = "invalid LDAP bytes" },
    ["0\37\2\1\2d\32\4\0000\28\48\26\4\14namingContexts\49\8\4\6dc=org"] = {},
  },
  not_this = { "0\12\2\1\1\96\7\2\1\3\4\0\128\0", "0\37\2\1\2\99\32\4\0\10\1\0\10\1\0" },
}
