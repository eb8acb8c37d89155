-- Neo4j Bolt: the version a server chose, or its failure (Bolt protocol, handshake specification).
return {
  protocol = "neo4j", reference = "Bolt handshake specification", ports = { 7687 }, handshakes = { "neo4j", "bolt" },
  starts = { "\0\0" },
  maybe = P "\0\0" * R "\1\8" * R "\4\6" * be(2, 2, 4096) * S "\176\177" * S "\112\126\127",
  weak = P "\0\0" * R "\0\8" * R "\0\6" * eos,
  maybe_examples = { "\0\0\4\5", "\0\0\0\0", "\0\0\4\4\0\3\177\127\160\0\0" },
  not_this = { "\96\96\176\23\0\0\4\4\0\0\0\4\0\0\0\3\0\0\0\0" },
}
