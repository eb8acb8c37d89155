-- BGP: OPEN, NOTIFICATION and KEEPALIVE (RFC 4271 section 4).
local marker = P(("\255"):rep(16))
local ours = P "\1\4\251\240"   -- an OPEN of AS 64496, which is kept for documentation: an echo
local open = -ours * "\1\4" * be_number("as", 2, 1, 65535) * be_number("hold_time", 2, 0, 65535)
  * hexadecimal("router_id", P(4))

return {
  protocol = "bgp", reference = "RFC 4271", ports = { 179 },
  starts = { "\255\255\255\255" },
  pattern = Ct(marker * be(2, 19, 4096) * (open + "\3" * be_number("error", 1, 1, 8) + S "\2\4\5")),
  examples = {
    [("\255"):rep(16) .. "\0\29\1\4\253\232\0\180\192\0\2\1\0"] = { as = 65000, hold_time = 180, router_id = "c0000201" },
    [("\255"):rep(16) .. "\0\21\3\6\5"] = { error = 6 },
  },
  not_this = { ("\255"):rep(19), ("\255"):rep(16) .. "\0\29\9\4" },
}
