-- Android Debug Bridge: a device's CNXN, its demand for authentication or for TLS (AOSP adb protocol.txt).
local tail = P(4) * P(4)

return {
  protocol = "adb", reference = "AOSP adb/protocol.txt", ports = { 5555 },
  starts = { "CNXN", "AUTH", "STLS" },
  pattern = Ct("CNXN" * le(4, 16777216, 16777472) * P(4) * tail * "\188\177\167\177"
      * (P "device::" + "recovery::" + "sideload::") * (find { "ro.product.model=" } * field("product", (1 - S ";\0") ^ 1)) ^ -1
    + "AUTH" * le(4, 1, 3) * P(4) * tail * "\190\170\171\183" + "STLS" * le(4, 16777216, 16777472) * P(4) * tail
      * "\172\171\179\172"),
  examples = {
    ["CNXN\0\0\0\1\0\0\16\0\40\0\0\0\1\2\3\4\188\177\167\177"
      .. "device::ro.product.name=x;ro.product.model=Box;"] = { product = "Box" },
    ["AUTH\1\0\0\0\0\0\0\0\20\0\0\0\1\2\3\4\190\170\171\183" .. ("t"):rep(20)] = {},
  },
  not_this = { "CNXN\0\0\0\1\0\0\16\0\7\0\0\0\1\2\3\4\188\177\167\177host::\0" },
}
