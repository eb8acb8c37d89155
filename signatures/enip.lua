-- EtherNet/IP: replies to ListIdentity, ListServices and RegisterSession (ODVA CIP Networks Library, volume 2).
local status = P(4) * "\0\0\0\0" * P(8) * "\0\0\0\0"

return {
  protocol = "enip", reference = "ODVA EtherNet/IP", ports = { 44818, 2222 },
  starts = { S "\4\99\100\101\111\112" * "\0" }, first = "\4\99\100\101\111\112",
  pattern = Ct("\99\0" * le(2, 30, 1024) * status * le(2, 1, 8) * "\12\0" * le(2, 30, 256) * "\1\0" * P(16)
      * le_number("vendor_id", 2, 0, 65535) * le_number("device_type", 2, 0, 65535) * P(2) * P(2) * P(2) * P(4)
      * Cg(counted_le(1, printable), "product")
    + "\4\0" * le(2, 10, 512) * status * le(2, 1, 8) * "\0\1"
    + "\101\0\4\0" * (P(4) - "\0\0\0\0") * "\0\0\0\0" * P(8) * "\0\0\0\0" * "\1\0\0\0"
    + "\101\0\4\0" * P(4) * S "\1\2\3\100\101\105" * "\0\0\0" * P(12) * "\1\0\0\0"
    + S "\99\101" * "\0\0\0" * P(4) * S "\1\2\3\100\101\105" * "\0\0\0" * P(12)),
  examples = {
    ["\99\0\45\0" .. ("\0"):rep(20) .. "\1\0\12\0\39\0\1\0" .. ("\0"):rep(16)
      .. "\1\0\14\0\65\0\20\11\48\0\1\2\3\4\0088-Device\3"] = {
      vendor_id = 1, device_type = 14, product = "8-Device",
    },
  },
  weak = S "\111\112" * "\0" * fits_le(2, -20, 4, 1024) * (P(4) - "\0\0\0\0") * P(4),
  maybe_examples = { "\111\0\6\0\1\0\0\0" .. ("\0"):rep(22) },
  not_this = { "\99\0" .. ("\0"):rep(22), "\101\0\4\0" .. ("\0"):rep(20) .. "\1\0\0\0" },
}
