-- LPD: a printer daemon's refusals and queue states (RFC 1179 leaves the texts to the servers). Some say who they are first.
local host = (alnum + S ".-_") ^ 1 * ": "
return {
  protocol = "lpd", reference = "RFC 1179", ports = { 515 },
  starts = { S "\0\1" * eos, "unknown printer", "Your host does not have", "Printer ", "no entries", "lpd", "\1unknown",
    "\1no connect", "Host ", host * "lpd: " }, first = alnum + S "\0\1",
  pattern = P "\1" ^ -1 * (P "unknown printer" + "Your host does not have line printer access" + "no entries" * crlf
    + host * "lpd: " * (P "Your host does not have line printer" + "unknown printer" + "Host name for your")
    + "Host name for your address" + "no connect permission"
    + "lpd" * P ":" ^ -1 * " " + "Printer" * P ":" ^ -1 * " " * find({ "queue", "@",
      "is ready" }, printable)),
  weak = S "\0\1" * eos,    -- acknowledged, or not
  maybe_examples = { "\0", "\1" },
  examples = { ["unknown printer\n"] = {}, ["\1no connect permissions\n"] = {},
    ["Your host does not have line printer access\n"] = {},
    ["print.example.org: lpd: Your host does not have line printer access\n"] = {} },
  not_this = { "Printer\n" },
}
