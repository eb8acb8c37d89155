-- PJL: a printer's answers to INFO and its status messages (HP Printer Job Language Technical Reference).
local request = S "\r\n" ^ -2 * (P "\27%-12345X") ^ -1 * "@PJL "
local id = "INFO ID" * sp * crlf ^ 1 * P '"' ^ -1 * field("product", (printable - '"') ^ 2)
local info = "INFO " * R "AZ" ^ 2 * sp * crlf ^ 1 * (R("az", "AZ") ^ 1 * S "=: " + digits + '"')

return {
  protocol = "pjl", reference = "PJL Technical Reference Manual", ports = { 9100, 9101, 9102 },
  starts = { S "\r\n" ^ -2 * "@PJL ", "\27%-12345X@PJL" }, first = "\r\n@\27",
  pattern = Ct(request * (id + info + "USTATUS " * token * crlf)),
  weak = request * (P "ECHO " + "DINQUIRE " + "INQUIRE " + "INFO ") * printable ^ 1 * crlf * #(1 - P "\27"),
  maybe_examples = { "@PJL ECHO 4711\r\n\12", "@PJL INFO ID\r\n?\r\n\12" },
  examples = {
    ["@PJL INFO ID\r\n\"Example Laser 9000\"\r\n\12"] = { product = "Example Laser 9000" },
    ["@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY=\"Ready\"\r\n\12"] = {},
  },
  not_this = { "@PJL INFO ID\r\n", "\27%-12345X@PJL INFO ID\r\n\27%-12345X" },
}
