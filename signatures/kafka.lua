-- Kafka: ApiVersions responses (Apache Kafka protocol guide).
local entry = "\0" * R "\0\90" * "\0" * R "\0\20" * "\0" * R "\0\20"

return {
  protocol = "kafka", reference = "Apache Kafka protocol guide", ports = { 9092, 9093 },
  starts = { P(8) * "\0" * S "\0\35", P(4) * "\0\0" }, first = "\0",
  pattern = fits_be(4, 0, 10, 65536) * P(4) * "\0" * S "\0\35" * ("\0\0\0" * R "\1\120" * entry * #P "\0"
    + R "\2\120" * entry * "\0" * entry),
  weak = fits_be(4, 0, 8, 1048576) * "\0\0" * P(2),   -- what answers a question that is not known
  maybe_examples = { "\0\0\0\12\0\0\0\1\0\0\0\1\0\0\0\1" },
  examples = { ["\0\0\0\26\0\0\0\3\0\35\0\0\0\2\0\18\0\0\0\3\0\3\0\0\0\9\0\0\0\0"] = {} },
  not_this = { "\0\0\0\10\0\18\0\0\0\0\0\3\255\255" },
}
