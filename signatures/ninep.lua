-- 9P: Rversion or Rerror (Plan 9 File Protocol, 9P2000).
return {
  protocol = "ninep", reference = "9P2000", ports = { 564 },
  starts = { P(4) * "\101\255\255", P(4) * "\107" }, first = R "\13\128",
  pattern = Ct(all_le(4, 4, 13, 128) * ("\101\255\255" * le(4, 0, 16777216) * Cg(counted_le(2, alnum + ".", 2), "version")
    + "\107" * P(2) * Cg(counted_le(2, printable, 4), "error"))),
  examples = { ["\19\0\0\0\101\255\255\0\32\0\0\6\0009P2000"] = { version = "9P2000" } },
  not_this = { "\19\0\0\0\100\255\255\0\32\0\0\6\0009P2000" },
}
