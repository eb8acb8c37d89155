-- rsh, rexec and rlogin: refusals after the byte 1 (BSD rshd, rexecd, rlogind).
local word = I "permission denied" + I "login incorrect" + "Where are you" + "rshd: " + "rcmd: " + "rlogind: " + "rexecd: "
  + "in.r" + "Locuser" + "remuser" + "getnameinfo" + "getpeername" + "Host address mismatch" + "Can't " + "Try again"
    + "Password incorrect"

return {
  protocol = "rsh", reference = "RFC 1282, BSD rshd(8)", ports = { 512, 513, 514 }, handshakes = { "rsh", "rlogin", "rexec" },
  starts = { "\1", "\0" },
  pattern = Ct("\1" * field("error", #word * printable ^ 1)),
  weak = "\0" * text ^ 0 * eos + "\1" * printable ^ 4,
  maybe_examples = { "\0", "\1Not you.\n" },
  examples = { ["\1Permission denied.\n"] = { error = "Permission denied." } },
  not_this = { "\1\0", "\1hello" },
}
