-- Rserve: its identification (Rserve QAP1 protocol).
return {
  protocol = "rserve", reference = "Rserve QAP1", ports = { 6311 },
  starts = { "Rsrv" }, pattern = Ct("Rsrv" * field("version", times(4, digit)) * P "QAP1"),
  examples = { ["Rsrv0103QAP1\r\n\r\n--------------\r\n"] = { version = "0103" } }, not_this = { "Rsrv" },
}
