-- DICT: a dictionary server's greeting (RFC 2229 section 3.1).
local greeting = "220 " * (find({ "dictd", "dict server" }, 1 - S "\r\n") + (1 - S "<\r\n") ^ 1 * "<" * (R "az" + ".") ^ 0
  * "> <")

return {
  protocol = "dict", reference = "RFC 2229", ports = { 2628 }, over = { "smtp", "ftp" },
  starts = { S "245" * S "0235" * digit * " " }, first = "245",
  pattern = Ct(#greeting * P(4) * field("banner", line)),
  weak = S "245" * S "0235" * digit * " " * printable,
  maybe_examples = { "420 Not now\r\n", "531 Not you\r\n" },
  examples = {
    ["220 dict.example dicod (GNU dico) 2.99 <> <9.1@dict.example>\r\n"] = {
      banner = "dict.example dicod (GNU dico) 2.99 <> <9.1@dict.example>",
    },
    ["220 dict.example dictd 1.13.1/rf on Linux 6.1 <auth.mime> <9.1@dict.example>\r\n"] = {
      banner = "dict.example dictd 1.13.1/rf on Linux 6.1 <auth.mime> <9.1@dict.example>",
    },
  },
  not_this = { "220 dict.example ready <now>\r\n" },
}
