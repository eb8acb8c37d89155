-- HART-IP: responses (FieldComm HART-IP, message header).
return {
  protocol = "hartip", reference = "FieldComm HCF_SPEC-085", ports = { 5094 },
  starts = { "\1\1" }, pattern = "\1\1" * R "\0\3" * P(1) * P(2) * all_be(2, 8, 8, 512),
  examples = { ["\1\1\0\0\0\2\0\13\1\0\0\117\48"] = {} }, not_this = { "\1\0\0\0\0\2\0\13\1\0\0\117\48" },
}
