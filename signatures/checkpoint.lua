-- Check Point firewall: the answer of its topology service with the names of firewall and management.
return {
  protocol = "checkpoint", reference = "Check Point SecuRemote topology service, observed form", ports = { 264 },
  starts = { "Y\0\0\0" },
  pattern = Ct("Y\0\0\0" * P(4) ^ -1 * find({ "CN=" }, any) * field("firewall", (1 - S ",\0") ^ 1)),
  examples = { ["Y\0\0\0\0\0\0\37CN=gate1,O=mgmt.example.abcdef\0"] = { firewall = "gate1" } },
  not_this = { "Y\0\0\0", "\81\0\0\0\0\0\0\33" },
}
