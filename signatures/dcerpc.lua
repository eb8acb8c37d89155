-- DCE RPC: bind acknowledged or refused, response, fault (C706 section 12.6.4; MS-RPCE).
local kind = S "\2\3\12\13\15\17"

return {
  protocol = "dcerpc", reference = "C706, MS-RPCE", ports = { 135, 593 },
  starts = { "\5\0", "\5\1", "ncacn_http/" },
  pattern = Ct("\5" * S "\0\1" * be_number("type", 1, 2, 17) * B(kind) * P(1)
    * ("\16\0\0\0" * le(2, 16, 16384) + "\0\0\0\0" * be(2, 16, 16384)) * P(6)
    + "ncacn_http/1." * digit),   -- what the endpoint over HTTP greets with (MS-RPCH)
  examples = {
    ["ncacn_http/1.0"] = {},
    ["\5\0\12\3\16\0\0\0\60\0\0\0\1\0\0\0\184\16\184\16\1\2\0\0\4\000135\0"] = { type = 12 },
    ["\5\0\13\3\16\0\0\0\21\0\0\0\1\0\0\0\3\0\1\5\0"] = { type = 13 },
  },
  not_this = { "\5\0\11\3\16\0\0\0\72\0\0\0\1\0\0\0\184\16\184\16", "\5\0" },
}
