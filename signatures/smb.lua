-- SMB 1 to 3: responses in NetBIOS session messages, and session service refusals (MS-CIFS 2.2.3, MS-SMB2 2.2.1, RFC 1002).
local dialects = {
  ["\2\2"] = "2.0.2", ["\16\2"] = "2.1", ["\0\3"] = "3.0", ["\2\3"] = "3.0.2", ["\17\3"] = "3.1.1", ["\255\2"] = "2.FF",
}
local one = "\255SMB" * P(5) * bits(0x80, 0x80) * set("version", "1")
local two = "\254SMB\64\0" * P(10) * bits(0x01, 0x01) * P(3) * set("version", "2")
  * (P(44) * "\65\0" * P(2) * Cg(C(P(2)) / dialects, "dialect")) ^ -1
-- in a session that is encrypted or compressed (MS-SMB2 2.2.41 and 2.2.42)
local wrapped = ("\253SMB" * P(36) * P(4) * "\0\0" * S "\1\2" * "\0"
  + "\252SMB" * P(4) * S "\0\1\2\3\4" * "\0") * set("version", "3")
local message = "\0" * be(3, 32, 131072) * (one + two + wrapped)
local refusal = "\131\0\0\1" * #S "\128\129\130\131\143" * be_number("refused", 1, 128, 143)

return {
  protocol = "smb", reference = "MS-SMB2, MS-CIFS, RFC 1002", ports = { 445, 139 },
  starts = { "\0" * P(3) * S "\252\253\254\255" * "SMB", S "\130\133" * "\0\0\0", "\131\0\0\1", "\132\0\0\6",
    "\0" * P(3) * eos },
  first = "\0\130\131\132\133",
  pattern = Ct(message + "\130\0\0\0" * (eos + message) + refusal * eos),
  -- the session header alone, as some servers send it; to try another address; keep-alive
  weak = "\0" * be(3, 32, 131072) * eos + "\132\0\0\6" * P(6) * eos + "\133\0\0\0" * eos,
  examples = {
    ["\0\0\0\35\255SMB\114\0\0\0\0\136\1\72" .. ("\0"):rep(21)] = { version = "1" },
    ["\0\0\0\80\254SMB\64\0\0\0\0\0\0\0\0\0\1\0\1" .. ("\0"):rep(47) .. "\65\0\1\0\17\3" .. ("\0"):rep(8)] = {
      version = "2", dialect = "3.1.1",
    },
    ["\130\0\0\0\0\0\0\35\255SMB\114\0\0\0\0\136\1\72" .. ("\0"):rep(21)] = { version = "1" },
    ["\0\0\0\80\253SMB" .. ("s"):rep(36) .. "\90\0\0\0\0\0\1\0" .. ("x"):rep(20)] = { version = "3" },
    ["\131\0\0\1\143"] = { refused = 143 },
  },
  maybe_examples = { "\0\0\0\80", "\133\0\0\0", "\132\0\0\6\192\0\2\7\1\187" },
  not_this = { "\0\0\0\35\255SMB\114\0\0\0\0\24\1\72" .. ("\0"):rep(21), "\0\0\0\80HTTP" },
}
