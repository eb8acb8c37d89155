-- Git daemon: a reference advertisement, a version 2 answer or an error in a packet line (Git protocol, gitprotocol-pack).
local size = times(4, hex)

return {
  protocol = "git", reference = "gitprotocol-pack", ports = { 9418 },
  starts = { size, "fatal: " }, first = hex,
  pattern = Ct(size * (times(40, R("09", "af")) * " " * (P "HEAD" + "refs/" + "capabilities^{}")
    + "version " * number("version", S "12") * "\n" + "ERR " * field("error", line))),
  weak = "0000" * eos + "0008NAK\n" + size * "# service=git-" + "fatal: " * printable * line,
  maybe_examples = { "0000", "0008NAK\n", "fatal: gone\n" },
  examples = {
    ["000eversion 2\n0012agent=git/2.99\n"] = { version = 2 },
    ["003cERR access denied or repository not exported: /project.git"] = {
      error = "access denied or repository not exported: /project.git",
    },
  },
  not_this = { "0033git-upload-pack /project.git\0host=git.example\0", "000eversion" },
}
