-- CODESYS 2 runtime: the answer to its device information request.
return {
  protocol = "codesys", reference = "CODESYS V2 runtime, observed form", ports = { 1200, 2455 },
  starts = { "\187\187" },
  pattern = Ct("\187\187" * P(8) * find({ "Windows", "Linux", "Nucleus PLUS", "VxWorks", "QNX", "3S-Smart Software" }, any,
    "os")),
  examples = { ["\187\187\2\0\0\0\1\1" .. ("\0"):rep(57) .. "Nucleus PLUS\0unknown version\0"] = { os = "Nucleus PLUS" } },
  not_this = { "\187\187\1\0\0\0\1\1" },
}
