-- Apple Filing Protocol: the reply to DSIGetStatus (Apple Filing Protocol Reference, Data Stream Interface).
return {
  protocol = "afp", reference = "Apple DSI", ports = { 548 },
  starts = { "\1\3" },
  pattern = "\1\3" * P(2) * "\0\0\0\0" * fits_be(4, -4, 16, 4096) * "\0\0\0\0" * be(2, 16, 512) * be(2, 16, 512),
  examples = { ["\1\3\0\1\0\0\0\0\0\0\0\24\0\0\0\0\0\18\0\20\0\22\0\23\159\251\6Server\0\0\0\0\0\0\0"] = {} },
  not_this = { "\0\3\0\1\0\0\0\0\0\0\0\0\0\0\0\0" },
}
