-- Tor relays, inside TLS: the cell that lists the protocol's versions (tor-spec section 4.1).
local OURS = P "\0\0\7\0\4\0\4\0\5"   -- what protocols/tor.lua sends, coming back

return {
  protocol = "tor", reference = "tor-spec, section 4", ports = { 9001 },
  starts = { "\0\0\7\0" },
  pattern = -(OURS * eos) * "\0\0\7\0" * S "\2\4\6\8\10\12" * ("\0" * R "\1\15") ^ 1 * (P "\0\0\0\0\129" + "\0\0\129" + eos),
  examples = {
    ["\0\0\7\0\6\0\3\0\4\0\5\0\0\0\0\129\2\31\3\4"] = {}, ["\0\0\7\0\4\0\1\0\2"] = {},
  },
  not_this = { "\0\0\7\0\6\0\3\0\4\0\5xyz", "\0\0\7\0\6", "\0\0\7\0\4\0\4\0\5" },
}
