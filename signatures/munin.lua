-- Munin node: its greeting (Munin documentation, "Network protocol").
return {
  protocol = "munin", reference = "Munin guide, network protocol", ports = { 4949 },
  starts = { "# munin node at ", "# lrrd ", "# Unknown command. Try " },
  pattern = Ct((P "# munin node at " + "# lrrd client at ") * field("host", token)
    + "# Unknown command. Try " * P "cap, " ^ -1 * "list, "),
  examples = {
    ["# Unknown command. Try list, nodes, config, fetch\n"] = {},
    ["# munin node at web1.example\n"] = { host = "web1.example" } },
  not_this = { "# munin\n" },
}
