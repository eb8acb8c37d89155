-- NUT (RFC 9271): upsd's answer to VER, and its complaints about what it does not understand.
local complaint = P "UNKNOWN-COMMAND" + "INVALID-ARGUMENT"

return {
  protocol = "nut", reference = "RFC 9271", ports = { 3493 },
  starts = { "Network UPS Tools upsd ", "ERR " },
  pattern = Ct("Network UPS Tools upsd " * field("version", token)),
  maybe = Ct("ERR " * field("error", complaint) * "\n"),
  examples = {
    ["Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/\n"] = { version = "2.8.0" },
  },
  maybe_examples = { "ERR UNKNOWN-COMMAND\n", "ERR INVALID-ARGUMENT\nERR UNKNOWN-COMMAND\n" },
  not_this = { "ERR unknown command\n", "HTTP/1.1 200 OK\r\n\r\nNetwork UPS Tools upsd 2.8.0\n" },
}
