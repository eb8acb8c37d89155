-- Synergy and Barrier: a server's hello (Synergy protocol).
return {
  protocol = "synergy", reference = "Synergy protocol 1", ports = { 24800 },
  starts = { "\0\0\0" },
  pattern = Ct("\0\0\0\11" * field("product", P "Synergy" + "Barrier") * be_number("major", 2, 1, 2) * be_number("minor",
    2, 0, 20)),
  examples = { ["\0\0\0\11Synergy\0\1\0\6"] = { product = "Synergy", major = 1, minor = 6 } }, not_this = { "\0\0\0\11Synergy" },
}
