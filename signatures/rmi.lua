-- Java RMI: ProtocolAck with the host and port it saw us under (Java RMI specification, section 10).
return {
  protocol = "rmi", reference = "Java RMI specification, wire protocol", ports = { 1099, 1098 },
  starts = { "N\0", "O", "\81\172\237" },
  pattern = Ct("N" * Cg(counted_be(2, alnum + S ".:-_", 2), "seen") * be(4, 0, 65535)),
  weak = "O" * eos + "\81\172\237\0\5",     -- ProtocolNotSupported; a call's return
  maybe_examples = { "O", "\81\172\237\0\5w" },
  examples = { ["N\0\009192.0.2.7\0\0\134\146"] = { seen = "192.0.2.7" } },
  not_this = { "JRMI\0\2K", "N\0\0" },
}
