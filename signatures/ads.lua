-- Beckhoff ADS: an AMS/TCP packet with the response flag (Beckhoff TwinCAT ADS specification).
return {
  protocol = "ads", reference = "Beckhoff AMS/ADS specification", ports = { 48898 },
  starts = { "\0\0" },
  pattern = "\0\0" * fits_le(4, 0, 32, 65536) * P(16) * R "\0\9" * "\0" * "\5\0" * le(4, 0, 65536),
  examples = { ["\0\0\40\0\0\0\192\0\2\9\1\1\1\128\192\0\2\1\1\1\16\39\4\0\5\0\8\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\5\0\2\0"] = {} },
  not_this = { "\0\0\32\0\0\0\192\0\2\9\1\1\1\128\192\0\2\1\1\1\16\39\4\0\4\0\0\0\0\0\0\0\0\0\1\0\0\0" },
}
