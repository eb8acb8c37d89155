-- Gopher: a menu, or an error in its form (RFC 1436 section 3).
local item = S "0123456789ghisITd" * (1 - S "\t\r\n") ^ 0 * "\t" * (1 - S "\t\r\n") ^ 0 * "\t" * (1 - S "\t\r\n") ^ 1
  * "\t" * digits

return {
  protocol = "gopher", reference = "RFC 1436", ports = { 70 },
  starts = { (1 - S "\t\r\n") ^ 1 * "\t", "3" * printable }, first = "0123456789ghisITd", pattern = item * P "\t+" ^ -1 * crlf,
  weak = "3" * printable ^ 4 * crlf,
  maybe_examples = { "3Nothing here\r\n" },
  examples = { ["iWelcome\tfake\t(NULL)\t0\r\n1Files\t/files\tgopher.example\t70\r\n.\r\n"] = {} },
  not_this = { "1Files\r\n", "i\t\t\r\n" },
}
