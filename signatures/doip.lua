-- DoIP: vehicle and routing answers of diagnostics over IP (ISO 13400-2).
return {
  protocol = "doip", reference = "ISO 13400-2", ports = { 13400 },
  starts = { S "\1\2\3" * S "\254\253\252" }, first = "\1\2\3",
  pattern = (P "\1\254" + "\2\253" + "\3\252") * (P "\0\0\0\0\0\1" * R "\0\4" * eos + "\0\4\0\0\0" * fits_be(1, 0, 32, 33)
    + "\0\6\0\0\0" * fits_be(1, 0, 9, 13)),
  examples = { ["\2\253\0\0\0\0\0\1\2"] = {}, ["\2\253\0\6\0\0\0\9\14\128\16\0\16\0\0\0\0"] = {} },
  not_this = { "\2\253\0\5\0\0\0\7\14\128\0\0\0\0\0" },
}
