-- Gopher: a menu, or an error in its form (RFC 1436 section 3).
local item = S "0123456789ghisITd" * (1 - S "\t\r\n") ^ 0 * "\t" * (1 - S "\t\r\n") ^ 0 * "\t" * (1 - S "\t\r\n") ^ 1
  * "\t" * digits

return {
  protocol = "gopher", reference = "RFC 1436", ports = { 70 },
  starts = { (1 - S "\t\r\n") ^ 1 * "\t", "3" * printable, "Error: " * line * crlf * "__" },
  first = "0123456789ghisITdE",
  pattern = item * P "\t+" ^ -1 * crlf + Ct("Error: " * line * crlf * P "_" ^ 10 * crlf * sp * "Gophered by "
    * field("product", alpha ^ 1) * "/" * field("version", (1 - S " \r\n") ^ 1)),
  weak = "3" * (printable - digit) * printable ^ 3 * crlf,
  maybe_examples = { "3Nothing here\r\n" },
  examples = {
    ["iWelcome\tfake\t(NULL)\t0\r\n1Files\t/files\tgopher.example\t70\r\n.\r\n"] = {},
    ["Error: No such file!\r\n____________\r\n      Gophered by Gophernicus/3.99 on Debian\r\n"] = {
      product = "Gophernicus", version = "3.99",
    },
  },
  not_this = { "1Files\r\n", "i\t\t\r\n" },
}
