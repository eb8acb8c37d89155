-- eDonkey: a server's message, ID change or client hello answer (eDonkey protocol).
return {
  protocol = "edonkey", reference = "eDonkey protocol, observed form", ports = { 4661, 4662 },
  starts = { S "\227\197" },
  first = "\227\197", pattern = S "\227\197" * fits_le(4, 0, 2, 4096) * S "\56\64\76\52\65" * (eos + P(1)),
  examples = { ["\227\12\0\0\0\56\9\0Welcome!!"] = {} }, not_this = { "\227\41\0\0\0\1\16" .. ("x"):rep(39) },
}
