-- Ceph messenger: the banner of both versions (Ceph msgr v1 and v2); servers send it first.
return {
  protocol = "ceph", reference = "Ceph msgr2 protocol", ports = { 3300, 6789 },
  starts = { "ceph v" }, pattern = Ct("ceph " * field("version", "v" * (P "027" + "2\n" * P(2)))),
  examples = { ["ceph v027\0\0\0\0\0"] = { version = "v027" } }, not_this = { "ceph v1" },
}
