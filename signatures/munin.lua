-- Munin node: its greeting (Munin documentation, "Network protocol").
return {
  protocol = "munin", reference = "Munin guide, network protocol", ports = { 4949 },
  starts = { "# munin node at " },
  pattern = Ct("# munin node at " * field("host", token)),
  examples = { ["# munin node at web1.example\n"] = { host = "web1.example" } },
  not_this = { "# munin\n" },
}
