-- ClamAV: clamd's version and its answer to what it does not know (clamd(8)).
return {
  protocol = "clamav", reference = "clamd(8)", ports = { 3310 },
  starts = { "ClamAV ", "UNKNOWN COMMAND", "COMMAND ", "PONG" },
  pattern = Ct("ClamAV " * field("version", digit * (1 - S "/ \r\n\0") ^ 1)
    + "COMMAND " * P "READ " ^ -1 * "TIMED OUT"),
  weak = P "PONG" * S "\n\0" ^ -1 * eos,
  maybe = P "UNKNOWN COMMAND" * S "\n\0" ^ -1 * eos,
  examples = { ["COMMAND READ TIMED OUT\n"] = {}, ["ClamAV 1.0.99/27000/Mon Jan  1 00:00:00 2024\n"] = { version = "1.0.99" } },
  maybe_examples = { "UNKNOWN COMMAND\n", "PONG\n" }, not_this = { "zVERSION\0" },
}
