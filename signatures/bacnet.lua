-- BACnet/IP: acknowledgments, errors, rejects and aborts (ASHRAE 135 annex J and clause 20).
return {
  protocol = "bacnet", reference = "ASHRAE 135, annex J", ports = { 47808 },
  starts = { "\129" },
  pattern = "\129" * S "\10\11" * (fits_be(2, 4, 9, 1500) * "\1\0" * S "\48\80" * P(2)
    + all_be(2, 4, 9, 9) * "\1\0" * S "\96\112\113" * P(2)),
  examples = {
    ["\129\10\0\20\1\0\48\1\12\12\2\0\0\1\25\120\62\33\9\63"] = {},
    ["\129\10\0\20\1\0\48\1\12\12\2\0\0\1\25\120\62\33\9\63\129\10\0\13\1\0\80\2\12\145\2\145\32"] = {},
  },
  not_this = { "\129\10\0\17\1\4\0\5\1\12\12\2\63\255\255\25\75" },
}
