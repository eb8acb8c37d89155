-- DICOM upper layer: association accepted, rejected or aborted (DICOM PS3.8 section 9.3).
return {
  protocol = "dicom", reference = "DICOM PS3.8", ports = { 104, 11112 }, over = { "modbus" },
  starts = { S "\2\3\7" * "\0" }, first = "\2\3\7",
  pattern = "\2\0" * be(4, 68, 65536) * "\0\1\0\0" * R "\32\126" + "\3\0\0\0\0\4\0" * S "\1\2" * S "\1\2\3" * R "\1\10" * eos
    + "\7\0\0\0\0\4\0\0" * S "\0\2" * R "\0\6" * eos,
  examples = { ["\3\0\0\0\0\4\0\1\1\7"] = {}, ["\7\0\0\0\0\4\0\0\2\0"] = {} },
  not_this = { "\1\0\0\0\0\68\0\1\0\0ANY-SCP         SONDE           " },
}
