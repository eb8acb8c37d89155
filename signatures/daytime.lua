-- Daytime: a date and nothing else (RFC 867), also in the form of NIST's servers.
local two = digit * digit
local name = P "Mon" + "Tue" + "Wed" + "Thu" + "Fri" + "Sat" + "Sun"
local month = I "jan" + I "feb" + I "mar" + I "apr" + I "may" + I "jun" + I "jul" + I "aug" + I "sep" + I "oct" + I "nov"
  + I "dec"
local clock = digit * digit ^ -1 * ":" * two * (":" * two) ^ -1
local finish = (1 - S "\r\n") ^ -40 * crlf ^ -1 * eos

return {
  protocol = "daytime", reference = "RFC 867", ports = { 13 },
  starts = { S "MTWFS" * alpha, digit * digit ^ -1 * S ":/-. ", crlf * digit, digit * digit * digit * digit * S "/-." },
  first = "MTWFS0123456789\r\n",
  pattern = Ct(field("date", name * R "az" ^ 0 * P "," ^ -1 * " " * (month * S " " ^ 1 * digits + digits * " " * month) * S " ,"
      ^ 1 * (clock + digits * S " ;-" ^ 1 * clock) * (1 - S "\r\n") ^ -30) * crlf ^ -1 * eos
    + crlf * field("date", digits * " " * two * "-" * two * "-" * two * " " * clock) * (1 - (S "\r\n" + "UTC(")) ^ 0
      * "UTC(" * line
    + field("date", two * " " * month * " " * digits * " " * clock) * finish
    + field("date", digits * S "/-." * digits * S "/-." * digits * " " * clock) * finish
    + field("date", clock * S " " ^ 1 * digits * S "/-." * digits * S "/-." * digits) * crlf ^ -1 * eos),
  examples = {
    ["Mon Jan  1 12:34:56 2024\r\n"] = { date = "Mon Jan  1 12:34:56 2024" },
    ["01 JAN 2024 12:34:56 UTC\r\n"] = { date = "01 JAN 2024 12:34:56" },
    ["\n60310 24-01-01 12:34:56 00 0 0 112.3 UTC(NIST) * \n"] = { date = "60310 24-01-01 12:34:56" },
  },
  not_this = { "Monday we are closed\r\n", "2024\r\n" },
}
