-- tinc: the ID line of a daemon, protocol 17 (tinc manual, "The meta-protocol").
return {
  protocol = "tinc", reference = "tinc manual, meta-protocol", ports = { 655 },
  starts = { "0 " },
  pattern = Ct("0 " * field("node", (alnum + "_") ^ 1) * " 17" * ("." * digits) ^ -1 * "\n"),
  examples = { ["0 gate_one 17.7\n"] = { node = "gate_one" }, ["0 gate 17\n"] = { node = "gate" } },
  not_this = { "0 gate 16\n", "0 17\n" },
}
