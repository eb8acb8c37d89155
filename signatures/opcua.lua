-- OPC UA: Acknowledge and Error messages of the TCP transport (OPC 10000-6 section 7.1.2).
return {
  protocol = "opcua", reference = "OPC 10000-6", ports = { 4840 },
  starts = { "ACKF", "ERRF", "MSGF", "OPNF" },
  pattern = Ct("ACKF\28\0\0\0" * le_number("version", 4, 0, 255) * le(4, 1024, 4294967295)
    + "ERRF" * le(4, 16, 8192) * P(3) * "\128" * Cg(counted_le(4, printable), "error") + "ERRF" * le(4, 16, 8192) * P(3)
      * "\128"),
  weak = (P "MSGF" + "OPNF") * le(4, 16, 1048576) * P(4),   -- of a session that had begun before
  maybe_examples = { "MSGF\64\0\0\0\1\0\0\0" },
  examples = {
    ["ACKF\28\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\1\0\0\0\0"] = { version = 0 },
    ["ERRF\24\0\0\0\0\0\125\128\8\0\0\0Too long"] = { error = "Too long" },
  },
  not_this = { "HELF\32\0\0\0\0\0\0\0" },
}
