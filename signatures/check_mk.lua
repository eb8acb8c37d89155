-- Checkmk: the sections that an agent sends, or its word that they come encrypted (Checkmk, "Monitoring agents").
return {
  protocol = "check_mk", reference = "Checkmk documentation, agents", ports = { 6556 },
  starts = { "<<<" },
  pattern = Ct("<<<" * (P "check_mk>>>" * (find({ "\nVersion: " }, any) * field("version", token)) ^ -1
    + "cmk_" * R "az" ^ 1 + ">>>")),
  examples = { ["<<<check_mk>>>\nVersion: 2.2.0p99\nAgentOS: linux\n"] = { version = "2.2.0p99" } },
  not_this = { "<<<\n", "<< check_mk >>" },
}
