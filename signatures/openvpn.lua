-- OpenVPN over TCP: the server's hard reset (OpenVPN protocol, P_CONTROL_HARD_RESET_SERVER_V2 with key 0).
return {
  protocol = "openvpn", reference = "OpenVPN network protocol", ports = { 1194 },
  starts = { P(2) * (S "\32\40\48\64\72" + eos) }, first = R "\0\7",
  pattern = "\0" * all_be(1, 0, 22, 120) * "\64" * P(8) * #(P(9) + eos),
  -- an acknowledgment, a reset that acknowledges nothing, and the length alone
  weak = fits_be(2, 0, 14, 2000) * S "\32\40\48\64\72" * P(8) + "\0" * be(1, 14, 120) * eos,
  maybe_examples = { "\0\26", "\0\14\64\1\2\3\4\5\6\7\8\0\0\0\0\0", "\0\22\40\1\2\3\4\5\6\7\8\1\0\0\0\0\8\7\6\5\4\3\2\1" },
  examples = { ["\0\26\64\1\2\3\4\5\6\7\8\1\0\0\0\0\8\7\6\5\4\3\2\1\0\0\0\0"] = {} },
  not_this = { "\0\14\56\1\2\3\4\5\6\7\8\0\0\0\0\0" },
}
