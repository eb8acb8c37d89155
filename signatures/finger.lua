-- Finger: who is logged on, or not (RFC 1288 section 2.5).
local gap = S " \t" ^ 1

return {
  protocol = "finger", reference = "RFC 1288", ports = { 79 },
  starts = { I "login", "No one logged on", "finger:", "Finger", "\r\nLogin", "\nLogin", "Line ", "    Line" },
  first = "lLNfF\r\n ",
  pattern = S "\r\n" ^ 0 * ("Login" * gap * "Name" * gap * find({ "tty", "when", "idle", "where" }, 1 - S "\r\n")
    + "Login: " * token * gap * "Name: " + "Login name: " * token * sp
      * "In real life: " + "No one logged on" + "finger: " * printable
    + P " " ^ 0 * "Line" * gap * "User" * gap * "Host(s)"),
  examples = {
    ["Login     Name       Tty      Idle  Login Time   Office\r\n"] = {}, ["No one logged on.\r\n"] = {},
    ["Login name: root   In real life: Charlie\r\n"] = {},
    ["Login: root           \t\tName: Charlie\r\n"] = {}, ["finger: GET: no such user.\r\n"] = {},
  },
  not_this = { "Login:\r\n", "Login Name:" },
}
